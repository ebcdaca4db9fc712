-- bytecode
-- expects: load, whole file
LuaT
