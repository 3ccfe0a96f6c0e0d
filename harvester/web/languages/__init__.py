"""The page in other languages.

Pages are written in English. `document.translated` replaces the texts of a finished page, so a new page needs nothing
for it but the words: a line in each of ru.toml and es.toml, whose key is the English text. The English words of
findings and of messages of agencies are data already, so theirs are in findings.ru.toml, messages.ru.toml and so on, by
code.

- `{name}` in a text is any value, `{n}` a number, `{words}` a text that is translated itself, and `{1}` the first
  element inside: a link, a piece of code. Two of a kind are `{n}` and `{n2}`. A translation has the same ones, in any
  order.
- A text with a number that has several forms is a table: `en_one` is the English text for one, the others are the
  forms of CLDR.
- Text of others (`markup.foreign`, code, files) stays as it is. `parts.finding` and `parts.prose` mark a sentence that
  has a code.
- What has no translation is shown in English and marked as such. The tests fail for a text of ours that has none.

The command line, JSON and CSV stay English.
"""
