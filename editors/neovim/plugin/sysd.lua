-- Starts `sysd lsp` for `.sysd` files: by Neovim 0.11's own configuration, by hand in older ones.
local function start(event)
  local file = vim.api.nvim_buf_get_name(event.buf)
  local options = { name = "sysd", cmd = { "sysd", "lsp" }, root_dir = vim.fn.fnamemodify(file, ":h") }
  if vim.lsp.start then
    vim.lsp.start(options, { bufnr = event.buf })
    return
  end
  -- Before 0.8 nobody remembers which client serves which folder.
  _G.sysd_client = _G.sysd_client or vim.lsp.start_client(options)
  vim.lsp.buf_attach_client(event.buf, _G.sysd_client)
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = "sysd",
  callback = function(event)
    vim.bo.commentstring = "// %s"
    vim.bo.shiftwidth = 4
    vim.bo.expandtab = true
    if not vim.lsp.enable then
      start(event)
    end
  end,
})
if vim.lsp.enable then
  vim.lsp.enable("sysd")
end
