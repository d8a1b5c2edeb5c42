-- Neovim as a client, headless: findings are pushed, hover answers, rename and format change the buffer.
-- Run by .ci/run: PATH=target/debug:$PATH nvim --clean --headless -l … or, before 0.9, -S tests/clients/neovim.lua
local function check(holds, what)
  if not holds then
    io.stderr:write("FAILED: " .. what .. "\n")
    vim.cmd("cquit 1")
  end
  io.stdout:write("ok " .. what .. "\n")
end

local spec = vim.fn.tempname() .. ".sysd"
local auction = table.concat(vim.fn.readfile("corpus/auction/spec.sysd"), "\n") .. "\n"
vim.fn.writefile(vim.split((auction:gsub("by Bidder", "by Biddr", 1)), "\n"), spec)
vim.opt.runtimepath:append("editors/neovim")
vim.cmd("runtime ftdetect/sysd.lua")
vim.cmd("runtime plugin/sysd.lua")
vim.cmd("filetype on")
vim.cmd("edit " .. spec)
check(vim.bo.filetype == "sysd", "the file is a spec")

local function clients()
  return vim.lsp.get_clients and vim.lsp.get_clients() or vim.lsp.get_active_clients()
end
check(vim.wait(20000, function() return #clients() > 0 and clients()[1].server_capabilities ~= nil end, 50), "the server runs")
local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end
check(vim.wait(20000, function() return #errors() == 1 end, 50), "one error is shown")
local found = errors()[1]
local line = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1]
check(line:sub(found.col + 1, found.end_col) == "Biddr", "it stands under the word")

local function ask(method, more)
  local parameters = vim.tbl_extend("force", vim.lsp.util.make_position_params(0, clients()[1].offset_encoding), more or {})
  local answers = vim.lsp.buf_request_sync(0, method, parameters, 20000)
  for _, answer in pairs(answers or {}) do
    return answer.result
  end
end
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
vim.api.nvim_buf_set_text(0, found.lnum, found.col, found.lnum, found.end_col, { "Bidder" })
check(vim.wait(20000, function() return #errors() == 0 end, 50), "the error goes when the word is mended")
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
check(ask("textDocument/hover") ~= nil, "hover answers")
local edit = ask("textDocument/rename", { newName = "Buyer" })
vim.lsp.util.apply_workspace_edit(edit, clients()[1].offset_encoding)
local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
check(text:find("actor Buyer") and not text:find("by Bidder"), "rename changes every use")
io.stdout:write("7 passed, 0 failed\n")
vim.cmd("qall!")
