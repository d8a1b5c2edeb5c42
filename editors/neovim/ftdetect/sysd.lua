vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, { pattern = "*.sysd", command = "set filetype=sysd" })
