-- Drives Neovim through a session with the language server and writes what it saw
-- to result.txt. It waits for what the server sends, never for a time.
local seen = {}
local function note(...) table.insert(seen, table.concat({ ... }, " ")) end
local function finish()
  vim.fn.writefile(seen, "result.txt")
  vim.cmd("qa!")
end
local function wait(what, ready)
  if not vim.wait(60000, ready, 10) then
    note("never: " .. what)
    finish()
  end
end
local function found(code)
  for _, d in ipairs(vim.diagnostic.get(0)) do
    if d.code == code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code == code) then return d end
  end
end
local function place(code)
  local d = found(code)
  note(code, d.lnum .. ":" .. d.col .. "-" .. d.end_lnum .. ":" .. d.end_col, d.message)
end
-- ask sends a request about the place of a finding and gives the answer.
local function ask(method, code)
  local d = found(code)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(0),
    position = { line = d.lnum, character = d.col },
    range = { start = { line = d.lnum, character = d.col }, ["end"] = { line = d.lnum, character = d.col } },
    context = { diagnostics = {} },
  }
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  for _, answer in pairs(answers or {}) do
    return answer.result
  end
end
local function choose(code, title)
  for _, action in ipairs(ask("textDocument/codeAction", code)) do
    if action.title:find(title, 1, true) then
      note("action:", action.title)
      vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
      return
    end
  end
  note("no action: " .. title)
end

local ok, problem = pcall(function()
  wait("the first findings", function() return found("B05") and found("B04") end)
  place("B05")
  place("B04")
  note("hover:", ask("textDocument/hover", "B05").contents.value:match("Ask instead: [^\n]*"))

  -- Typing before a finding moves it, in whatever units the server counts.
  vim.api.nvim_buf_set_text(0, 4, 0, 4, 0, { "😀 Überblick: ", "second line, é " })
  wait("the finding that moved", function() local d = found("B04") return d and d.lnum == 5 end)
  place("B04")

  choose("B05", "Write:")
  wait("the rewritten words", function() return not found("B05") end)
  choose("B04", "Keep, because")
  wait("the kept words", function() return not found("B04") end)
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do table.insert(seen, "|" .. line) end
end)
if not ok then note("failed: " .. tostring(problem)) end
finish()
