-- Scripts that try to get out of the sandbox. Each section is the body of a rule's offers(cart), or a whole file when its
-- head says so. Whoever gets out offers amount = 666. "fault", "load" and "quiet" as in resource.lua.

--- load: fault
return load("return 1") and {{amount = 666}}

--- loadstring: fault
return loadstring("return 1") and {{amount = 666}}

--- loadfile: fault
return loadfile("/etc/passwd") and {{amount = 666}}

--- dofile: fault
return dofile("/etc/passwd") and {{amount = 666}}

--- require: fault
return require("os") and {{amount = 666}}

--- package: fault
return package.loaded and {{amount = 666}}

--- loadlib: fault
return package.loadlib("libc.so.6", "system") and {{amount = 666}}

--- os: fault
return os.time() and {{amount = 666}}

--- io: fault
return io.open("/etc/passwd") and {{amount = 666}}

--- debug: fault
return debug.getregistry() and {{amount = 666}}

--- coroutine: fault
return coroutine.create(function() end) and {{amount = 666}}

--- print: fault
print("hello") return {{amount = 666}}

--- warn: fault
warn("@on") return {{amount = 666}}

--- collectgarbage: fault
return collectgarbage("count") and {{amount = 666}}

--- string: fault
return string.rep("x", 100000) and {{amount = 666}}

--- utf8: fault
return utf8.char(65) and {{amount = 666}}

--- pcall: fault
pcall(function() while true do end end) return {{amount = 666}}

--- xpcall: fault
xpcall(error, function() while true do end end) return {{amount = 666}}

--- next: fault
return next(cart) and {{amount = 666}}

--- rawset: fault
rawset(cart, "total", 1) return {{amount = 666}}

--- rawget: fault
return rawget(cart, "total") and {{amount = 666}}

--- rawequal: fault
return rawequal(cart, cart) and {{amount = 666}}

--- rawlen: fault
return rawlen(cart.lines) and {{amount = 666}}

--- setmetatable: fault
return setmetatable({}, {}) and {{amount = 666}}

--- getmetatable: fault
return getmetatable("") and {{amount = 666}}

--- the globals by their usual name: fault
return _G and {{amount = 666}}

--- the version: fault
return _VERSION and {{amount = 666}}

--- math.random: quiet
return math.random and {{amount = 666}}

--- random seed: quiet
return math.randomseed and {{amount = 666}}

--- floats of math: quiet
return (math.huge or math.sin or math.pi) and {{amount = 666}}

--- table.move: quiet
return table.move and {{amount = 666}}

--- table.unpack: quiet
return (table.unpack or table.pack or table.remove) and {{amount = 666}}

--- methods of texts: quiet
local s = "x"
return (s.rep or s.find or s.match or s.gmatch or s.gsub or s.format or s.pack or s.unpack or s.dump or s.char or s.byte) and {{amount = 666}}

--- the metatable field of texts: quiet
local s = "x"
return (s.__index or s.__metatable or s.__gc) and {{amount = 666}}

--- setting a method of texts: fault
local s = "x"
s.upper = function() return "evil" end
return {{amount = 666}}

--- setting a function of text: fault
text.upper = function() return "evil" end
return {{amount = 666}}

--- a new function in text: fault
text.evil = function() end
return {{amount = 666}}

--- a new function in money: fault
money.muldiv = nil
return {{amount = 666}}

--- exchanging a global: fault
ipairs = function() end
return {{amount = 666}}

--- a new global: fault
evil = 1
return {{amount = 666}}

--- a new global by way of _ENV: fault
_ENV.evil = 1
return {{amount = 666}}

--- exchanging a global by way of _ENV: fault
_ENV.pairs = nil
return {{amount = 666}}

--- walking _ENV: quiet
for name, value in pairs(_ENV) do
  if name == "load" or name == "debug" or name == "os" then return {{amount = 666}} end
end

--- what walking _ENV hands out cannot be written: fault
for name, value in pairs(_ENV) do
  if name == "text" then value.evil = 1 return {{amount = 666}} end
end

--- inserting into a library: fault
table.insert(text, 1)
return {{amount = 666}}

--- changing the cart: fault
cart.total = 1
return {{amount = 666}}

--- a new field in the cart: fault
cart.evil = 1
return {{amount = 666}}

--- changing a line: fault
cart.lines[1].unit_price = 1
return {{amount = 666}}

--- taking a line out: fault
cart.lines[1] = nil
return {{amount = 666}}

--- inserting a line: fault
table.insert(cart.lines, cart.lines[1])
return {{amount = 666}}

--- changing tags: fault
cart.lines[2].tags[1] = "evil"
return {{amount = 666}}

--- changing an empty list: fault
table.insert(cart.lines[1].tags, "evil")
return {{amount = 666}}

--- changing the date: fault
cart.date.hour = 3
return {{amount = 666}}

--- changing a line met on the way: fault
for _, line in ipairs(cart.lines) do line.qty = 1 end
return {{amount = 666}}

--- changing what pairs hands out: fault
for name, value in pairs(cart) do if name == "lines" then value[1] = nil end end
return {{amount = 666}}

--- the state of a pairs loop shows no way to the cart: fault
local step, state = pairs(cart)
for _, part in ipairs(state) do if part.total then part.total = 1 return {{amount = 666}} end end

--- the state of a loop over lines shows no way to them: fault
local step, state = pairs(cart.lines)
for _, part in ipairs(state) do part[1] = nil end
return {{amount = 666}}

--- a loop's state of one's own making: fault
local step = pairs({})
step({{}, 5}, 1)
return {{amount = 666}}

--- a loop's state with odd keys: fault
local step = pairs({})
step({{{}, {}}, {}}, 1)
return {{amount = 666}}

--- a loop's state that is no table: fault
local step = pairs({})
step(5, 1)
return {{amount = 666}}

--- stepping behind the end: quiet
local step, state = pairs({a = 1})
if step(state, "zzz") ~= nil or step(state, true) ~= nil then return {{amount = 666}} end

--- ipairs stepping from the largest number: quiet
local step = ipairs({})
if step({}, math.maxinteger) ~= nil then return {{amount = 666}} end

--- addresses of tables: quiet
if tostring({}) ~= "table" or tostring(pairs) ~= "function" or tostring(cart) ~= "table" then return {{amount = 666}} end

--- addresses by way of errors: fault
local a = {} + {}

--- addresses by way of joining: fault
return "x" .. {}

--- a table as key of a walked table: fault
for k in pairs({[{}] = 1}) do end
return {{amount = 666}}

--- declaring from within a rule, whole file: fault
local p = promotion
promotion { id = "probe", percent = 5, when = function() p { id = "evil", amount = 666 } end }

--- text arithmetic: fault
return "10" + 1 and {{amount = 666}}

--- a to-be-closed variable: fault
local x <close> = {}
return {{amount = 666}}

--- select below the first: fault
return select(-9223372036854775807 - 1, 1)

--- select with nothing: quiet
if select("#") ~= 0 or select(5, 1) ~= nil then return {{amount = 666}} end

--- many results of a huge unpack shape: quiet
local t = {}
t[1], t[2147483647], t[9007199254740993] = 1, 2, 3
if #t > 3 and #t < 2147483647 then return {{amount = 666}} end

--- sub with the ends of the range: quiet
local s = "abc"
if s:sub(-9223372036854775807 - 1, 9223372036854775807) ~= "abc" or s:sub(9223372036854775807) ~= "" then return {{amount = 666}} end

--- muldiv at the ends of the range: fault
return money.muldiv(-9223372036854775807 - 1, -9223372036854775807 - 1, 1) and {{amount = 666}}

--- muldiv by zero: fault
return money.muldiv(1, 1, 0) and {{amount = 666}}

--- muldiv of a float: fault
return money.muldiv(1.0, 1, 1) and {{amount = 666}}

--- another member's cart: quiet
if cart.member == "mem_2" then return {{amount = 666}} end

--- bytecode, whole file: load
LuaT

--- changing the globals of other files, whole file: load
pairs = nil

--- a global for other files, whole file: load
shared = {}

--- a text poisoned while loading, whole file: load
local s = ""
s.upper = function() return "evil" end

--- a constant _ENV, whole file: load
local _ENV <const> = {}
promotion { id = "x", percent = 1 }

--- an _ENV without functions, whole file: load
local _ENV = {}
promotion { id = "x", percent = 1 }

--- an _ENV of one's own, whole file: quiet
local p = promotion
local function scope() local _ENV = {} x = 1 return x end
p { id = "probe", percent = 5, when = function() return scope() == 2 end }

--- keeping a walk's state between sales, whole file: fault
local step, state = pairs({ a = 1, b = 2 })
local place
promotion { id = "probe", amount = 666, when = function() place = step(state, place) return place == "b" end }

--- a table with tables as keys, whole file: load
local t = {}
t[{}] = {}
promotion { id = "probe", percent = 5, when = function() return t[1] end }

--- a function hidden in a table remembers, whole file: fault
local box = {}
local n = 0
box.up = function() n = n + 1 return n end
promotion { id = "probe", amount = 666, when = function() return box.up() == 2 end }

--- two functions share a variable, whole file: fault
local n = 0
promotion { id = "probe", amount = 666, when = function() n = n + 1 return n > 2 end, lines = function() return true end }

--- an argument that remembers, whole file: fault
local function make(seen) return function() seen = (seen or 0) + 1 return seen == 2 end end
promotion { id = "probe", amount = 666, when = make() }

--- rules for other sales, whole file: quiet
promotion { id = "probe", amount = 666, member = "nobody" }
