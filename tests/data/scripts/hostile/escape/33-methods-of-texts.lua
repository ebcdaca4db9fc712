-- methods of texts
-- expects: quiet
local s = "x"
return (s.rep or s.find or s.match or s.gmatch or s.gsub or s.format or s.pack or s.unpack or s.dump or s.char or s.byte) and {{amount = 666}}
