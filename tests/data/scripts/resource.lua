-- Scripts that try to take the till's time or memory. Each section is the body of a rule's offers(cart), or a whole file
-- when its head says so. "fault": the rule must fail; "load": the file must be refused; "quiet": it ends by itself and
-- offers nothing.

--- endless while: fault
while true do end

--- endless repeat: fault
repeat until false

--- endless for: fault
for i = 1, math.maxinteger do end

--- endless for with a float step: fault
for i = 0.0, 1.0, 1e-300 do end

--- endless goto: fault
::again:: goto again

--- two functions that call each other: fault
local a, b
function a() return b() end
function b() return a() end
return a()

--- deep recursion: fault
local function f() return 1 + f() end
return f()

--- deep recursion with many arguments: fault
local function f(...) return 1, f(1, ...) end
return f()

--- tail calls with growing arguments: fault
local function f(...) return f(1, ...) end
return f()

--- exponential recursion: fault
local function f(n) if n == 0 then return 1 end return f(n - 1) + f(n - 1) end
return f(60)

--- a text doubled until memory ends: fault
local s = "x"
while true do s = s .. s end

--- a long text joined again and again: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
for i = 1, 1000000 do local t = s .. i end

--- many operands at once: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
while true do local t = s .. s .. s .. s .. s .. s .. s .. s end

--- upper case of a long text in a loop: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
while true do local t = s:upper() end

--- searching a long text in a loop: fault
local s = "aaaaaaaaaaaaaaaa"
for i = 1, 9 do s = s .. s end
while true do local t = text.contains(s, s:sub(1, 4000) .. "b") end

--- splitting a long text in a loop: fault
local s = "a,a,a,a,a,a,a,a,"
for i = 1, 5 do s = s .. s end
while true do local t = text.split(s, ",") end

--- splitting into too many parts: fault
local s = "a,a,a,a,a,a,a,a,"
for i = 1, 9 do s = s .. s end
return text.split(s, ",")

--- splitting by nothing: fault
return text.split("abc", "")

--- cutting a long text in a loop: fault
local s = "aaaaaaaaaaaaaaaa"
for i = 1, 9 do s = s .. s end
while true do local t = s:sub(2) end

--- trimming a long text in a loop: fault
local s = "                "
for i = 1, 9 do s = s .. s end
while true do local t = s:trim() end

--- comparing long texts in a loop: fault
local s = "aaaaaaaaaaaaaaaa"
for i = 1, 9 do s = s .. s end
local a, b = s .. "a", s .. "b"
while true do local t = a == b, a < b, a <= b end

--- a long row of digits as the limit of a loop: fault
local s = "0000000000000000"
for i = 1, 9 do s = s .. s end
while true do for i = 1, s do end end

--- a long row of digits made a number: fault
local s = "1111111111111111"
for i = 1, 9 do s = s .. s end
while true do local n = tonumber(s) end

--- concat of one long text many times: fault
local s, t = "xxxxxxxxxxxxxxxx", {}
for i = 1, 6 do s = s .. s end
for i = 1, 100 do t[i] = s end
return table.concat(t)

--- concat in a loop: fault
local t = {}
for i = 1, 1000 do t[i] = "abcdefgh" end
while true do local s = table.concat(t, ",") end

--- a list without end: fault
local t = {}
for i = 1, math.maxinteger do t[i] = i end

--- a list grown by table.insert: fault
local t = {}
while true do table.insert(t, 1) end

--- a table of texts without end: fault
local t, i = {}, 0
while true do i = i + 1 t["k" .. i] = i end

--- tables in tables: fault
local t = {}
while true do t = {t} end

--- closures without end: fault
local f = function() end
while true do local g = f f = function() return g end end

--- one entry out, one in, the table full: fault
local t = {}
for i = 1, 2000 do t["k" .. i] = i end
for i = 1, 100000 do t["k" .. i] = nil t["n" .. i] = i end

--- packing the same arguments again and again: fault
local function pack(n, ...) if n == 0 then while true do local t = {...} end end return pack(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end
return pack(100)

--- selecting from many arguments: fault
local function many(n, ...) if n == 0 then while true do local x = select(1, ...) end end return many(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end
return many(100)

--- the largest of many arguments: fault
local function many(n, ...) if n == 0 then while true do local x = math.max(...) end end return many(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, ...) end
return many(100)

--- keys that fall into one place: fault
local t = {}
for i = 1, 1000 do t[i * 1023 * 2047] = i end
while true do local x = t[77 * 1023 * 2047] end

--- sorting again and again: fault
local t = {}
for i = 1, 1000 do t[i] = (i * 7919) % 1000 end
while true do local s = table.sort(t) end

--- sorting a list of lines again and again: fault
while true do local s = table.sort(cart.lines, "amount") end

--- walking a table again and again: fault
local t = {}
for i = 1, 500 do t["k" .. i] = i end
while true do for k, v in pairs(t) do end end

--- starting to walk again and again: fault
local t = {}
for i = 1, 1000 do t[i] = i end
while true do pairs(t) end

--- looking into a list again and again: fault
local t = {}
for i = 1, 1000 do t[i] = i end
while true do local x = table.has(t, 0) end

--- counting again and again: fault
while true do local n = #cart.lines end

--- an error as long as may be: fault
local s = "xxxxxxxxxxxxxxxx"
for i = 1, 9 do s = s .. s end
error(s)

--- an error that is a table: fault
error({})

--- an error that is nothing: fault
error()

--- an assertion that fails: fault
assert(false, "no")

--- an assertion that fails with a table: fault
assert(nil, {})

--- a hundred and one offers: fault
local t = {}
for i = 1, 101 do t[i] = {percent = 1} end
return t

--- a million offers: fault
local t = {}
for i = 1, 1000000 do t[i] = {percent = 1} end
return t

--- an offer that holds itself: fault
local o = {percent = 10}
o.lines = {o}
return {o}

--- a list of offers that holds itself: fault
local t = {}
t[1] = t
return t

--- division by zero: fault
return 1 // 0

--- a float where a count belongs: fault
return {{percent = 5, lines = {{line = 1, qty = 0 / 0}}}}

--- large numbers that overflow: quiet
local n = math.maxinteger
n = n + 1
return nil

--- a great deal of work that fits: quiet
local n = 0
for i = 1, 4000 do n = n + i end
return nil

--- endless while in the file, whole file: load
while true do end

--- a text doubled in the file, whole file: load
local s = "x"
while true do s = s .. s end

--- a list without end in the file, whole file: load
local t = {}
for i = 1, math.maxinteger do t[i] = i end

--- rules without end, whole file: load
for i = 1, math.maxinteger do promotion { id = "r" .. i, percent = 1 } end

--- deep recursion in the file, whole file: load
local function f() return 1 + f() end
f()

--- a broken file, whole file: load
promotion { id = "x"

--- tables in tables in the file, whole file: quiet
local t = {}
for i = 1, 3000 do t = {t} end
promotion { id = "probe", percent = 5, when = function() return t == nil end }
