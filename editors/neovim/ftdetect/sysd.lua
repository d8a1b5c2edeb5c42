vim.filetype.add({ extension = { sysd = "sysd" } })
