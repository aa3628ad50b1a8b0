"""What somebody orders of many declarations at once (批量导出): a ZIP of their files, one bound PDF, a summary.

`ordering` fixes what is in it; `tasks` shares the drawing out among the workers and lets one of them assemble the file,
by `archive`, `book` or `summary`; `states` is how far it is, `files` where it lies; `housekeeping` clears up.
"""
