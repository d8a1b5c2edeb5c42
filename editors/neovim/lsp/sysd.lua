-- Neovim 0.11 reads this file by its name: put this folder on the runtime path.
return {
  cmd = { "sysd", "lsp" },
  filetypes = { "sysd" },
  root_markers = { ".git" },
}
