-- offers beside a percent
-- expects: load, whole file
promotion { id = "probe", percent = 5, offers = function(cart) return {} end }
