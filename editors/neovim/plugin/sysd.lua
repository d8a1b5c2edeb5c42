-- Starts `sysd lsp` for `.sysd` files: Neovim 0.11 by its own configuration, older ones by hand.
if vim.lsp.enable then
  vim.lsp.enable("sysd")
else
  vim.api.nvim_create_autocmd("FileType", {
    pattern = "sysd",
    callback = function(event)
      local file = vim.api.nvim_buf_get_name(event.buf)
      local root = vim.fs.dirname(vim.fs.find(".git", { path = vim.fs.dirname(file), upward = true })[1] or file)
      vim.lsp.start({ name = "sysd", cmd = { "sysd", "lsp" }, root_dir = root })
    end,
  })
end
vim.api.nvim_create_autocmd("FileType", {
  pattern = "sysd",
  callback = function()
    vim.bo.commentstring = "// %s"
    vim.bo.shiftwidth = 4
    vim.bo.expandtab = true
  end,
})
