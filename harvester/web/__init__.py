"""The web page: what the store holds and what needs a person, in a browser, as JSON and as CSV.

Read `site` first: a request becomes an answer there. How to add a page:

1. Write a module in `pages`. It has functions that read (`read(asked) -> facts`, the only place that touches the
   store) and pure functions that show (`show(facts, context) -> Body`), and makes values of the kinds in `kinds`:
   `ListPage` for a list, `Page` for anything else, `Fragment` for a part that refreshes itself, `Action` for a POST,
   `Download` for a file.
2. Add a line to `addresses.ADDRESSES`: path, name, value. A `Page` with a `document` also has PATH.json, a list also
   PATH.json and PATH.csv, with all rows that match; both are made from the same facts as the page.
3. Test it with the fixture `browser` of tests/web, at the same path below tests/web/pages.

`pages.runs` is the example of all of this.

What a page may rely on:

- `asked.store` is one moment of the store, cannot write, and ends a query after a second (`QueryTimeout`). Wrap what
  the page can do without, such as counts, in `store.limits.in_time`, and say so where it returns `None`.
- Links come from `context.links.to(NAME, **values)` only, so they also work below a sub-path; other values become
  parameters. `links.here(...)` is this list with another filter.
- Text of a record goes through `markup.foreign`, addresses of a record through `parts.outside`, XML through
  `parts.raw`. There is no other way to HTML than `markup.tag`, which escapes.
- No `style=` and no script in the page: the Content-Security-Policy forbids both. Classes are in files/web.css.
- A state is a sign, a word and a colour: `parts.state`. Buttons are shown only if `context.may_act`.
- A page that has nothing to show says so and names the next step.
"""
