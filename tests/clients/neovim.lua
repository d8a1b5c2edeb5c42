-- Neovim as a client, headless: findings are pushed, hover answers, rename changes the buffer, the grammar colours it.
-- Run by tests/clients/run, with SYSD_PARSER the compiled grammar.
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
local place = { line = found.lnum, character = found.col }
local fixes = ask("textDocument/codeAction", { range = { start = place, ["end"] = place }, context = { diagnostics = {} } })
check(fixes and fixes[1] and fixes[1].title == "Did you mean `Bidder`?", "the fix is offered at the word")
vim.lsp.util.apply_workspace_edit(fixes[1].edit, clients()[1].offset_encoding)
line = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1]
check(line:find("by Bidder {", 1, true), "applied, it mends the word")
check(vim.wait(20000, function() return #errors() == 0 end, 50), "the error goes when the word is mended")
vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
check(ask("textDocument/hover") ~= nil, "hover answers")
local edit = ask("textDocument/rename", { newName = "Buyer" })
vim.lsp.util.apply_workspace_edit(edit, clients()[1].offset_encoding)
local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
check(text:find("actor Buyer") and not text:find("by Bidder"), "rename changes every use")

-- The tree-sitter grammar, compiled by the script that runs this, and the queries that colour by it.
local add = vim.treesitter.language and vim.treesitter.language.add
if add then
  add("sysd", { path = vim.env.SYSD_PARSER })
else
  vim.treesitter.require_language("sysd", vim.env.SYSD_PARSER)
end
local tree = vim.treesitter.get_parser(0, "sysd"):parse()[1]:root()
check(not tree:has_error(), "the grammar parses the spec")
local parse_query = vim.treesitter.query and vim.treesitter.query.parse or vim.treesitter.parse_query
local function captures(file)
  local query = parse_query("sysd", table.concat(vim.fn.readfile("editors/tree-sitter-sysd/queries/" .. file), "\n"))
  local found = {}
  for id, node in query:iter_captures(tree, 0, 0, -1) do
    local row, column, _, last = node:range()
    local words = vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1]:sub(column + 1, last)
    found[query.captures[id] .. " " .. words] = true
  end
  return found
end
local colours = captures("highlights.scm")
for _, wanted in ipairs({ "keyword object", "type Auction", "function PlaceBid", "attribute ownership", "keyword.operator per", "number 1M" }) do
  check(colours[wanted], "coloured: " .. wanted)
end
check(next(captures("folds.scm")) and next(captures("indents.scm")), "folds and indents are found")
io.stdout:write("17 passed, 0 failed\n")
vim.cmd("qall!")
