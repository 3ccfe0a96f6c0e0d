"""A target as small as one can be, outside of the program: files of lines, which are sent to a folder."""
