-- a price for everything by way of prices
-- expects: load, whole file
promotion { id = "probe", prices = {} }
