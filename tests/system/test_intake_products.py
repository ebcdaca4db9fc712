"""Products of a file or another system, taken in once by mapping, and taken back (S0-19)."""

import itertools
import json
import unittest

from test_intake import HookTest

_number = itertools.count(1)

PRODUCTS = {"name": "list", "channel": "supplier", "kind": "products", "format": "csv",
            "columns": [{"target": "external", "from": "id"}, {"target": "sku", "from": "sku", "as": "upper"}, {"target": "name.en", "from": "name"},
                        {"target": "name.zh", "from": "zh"}, {"target": "price", "from": "price"}, {"target": "category", "from": "category"},
                        {"target": "barcode", "from": "ean"}, {"target": "tax", "from": "tax"}, {"target": "tags", "from": "tags"},
                        {"target": "brand", "value": "aurora"}]}
TITLES = "id,sku,name,zh,price,category,ean,tax,tags\n"


def gtin(number):
    digits = "%012d" % number
    return digits + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10)


class Products(HookTest):
    @classmethod
    def fill(cls):
        super().fill()
        cls.shop.ok("intake.mapping.put", PRODUCTS)

    def shown(self, sku):
        return self.shop.ok("catalog.product.get", {"sku": sku}, idem=False)["product"]

    def fields(self, sku, *names):
        shown = self.shown(sku)
        return [shown.get(name) for name in names]

    def stays(self, run):
        return [(stay["kind"], stay["id"], stay["reason"].split(":")[0]) for stay in
                self.shop.ok("intake.errors", {"run": run["id"]}, idem=False).get("stays", [])]

    def take(self, *rows, **more):
        return self.run_file("list", TITLES + "".join(row + "\n" for row in rows), **more)

    def test_a_list_of_articles_is_taken_in_once(self):
        """S0-19"""
        n = next(_number)
        row = "x%d,pa%d,Oolong,乌龙茶,39.00,tea,%s,0.13,leaf; gift" % (n, n, gtin(690000000000 + n))
        run = self.take(row)
        self.assertEqual((self.counts(run), run["kind"]), ({"fresh": 1}, "products"), self.errors(run))
        shown = self.shown("PA%d" % n)
        self.assertEqual([shown[name] for name in ("name", "price", "category", "barcodes", "tax_ppm", "tags", "brand", "state")],
                         [{"en": "Oolong", "zh": "乌龙茶"}, 3900, "tea", [gtin(690000000000 + n)], 130000, ["leaf", "gift"], "aurora", "active"])
        self.assertEqual(self.counts(self.take(row)), {"same": 1})
        self.assertEqual(self.shown("PA%d" % n)["rev"], shown["rev"])

    def test_a_row_changes_what_it_names_and_nothing_else(self):
        n = next(_number)
        sku = "PB%d" % n
        self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": "Old", "de": "Alt"}, "price": 100, "barcodes": [gtin(n)], "tags": ["old"], "hidden": True})
        run = self.take("y%d,%s,New,,1.50,,%s,," % (n, sku, gtin(600000 + n)))
        self.assertEqual(self.counts(run), {"changed": 1}, self.errors(run))
        self.assertEqual(self.fields(sku, "name", "price", "barcodes", "tags", "hidden"),
                         [{"en": "New", "de": "Alt"}, 150, [gtin(n), gtin(600000 + n)], ["old"], True])
        rev = self.shown(sku)["rev"]
        self.assertEqual(self.counts(self.take("z%d,%s,New,,1.5,,,," % (n, sku))), {"same": 1})  # another id, nothing new
        self.assertEqual(self.shown(sku)["rev"], rev)

    def test_errors_name_line_column_and_field(self):
        n = next(_number)
        good, taken = gtin(700000 + n), gtin(710000 + n)
        self.shop.ok("catalog.product.put", {"sku": "HAS%d" % n, "name": {"en": "Has"}, "price": 1, "barcodes": [taken]})
        rows = ("a%d,PC%d,,,1.00,,,," % (n, n), "b%d,PD%d,Tea,,,,,," % (n, n), "c%d,PE%d,Tea,,1.005,,,," % (n, n), "d%d,,Tea,,1.00,,,," % n,
                "e%d,PF%d,Tea,,1.00,,%s,," % (n, n, good[:-1] + str((int(good[-1]) + 1) % 10)), "f%d,PG%d,Tea,,1.00,,%s,," % (n, n, taken),
                "g%d,PH%d,Tea,,-1.00,,,," % (n, n), "h%d,PI%d,Tea,,1.00,,,13," % (n, n), "i%d,PJ%d,Tea,,1.00,%s,,," % (n, n, "c" * 40),
                "j%d,PK%d,Tea,,1.00,,,," % (n, n))
        wrong = [(2, "name"), (3, "price"), (4, "price"), (5, "sku"), (6, "barcode"), (7, "barcode"), (8, "price"), (9, "tax"), (10, "category")]
        for more in ({"dry_run": True}, {}):  # dry or not: the same is wrong
            run = self.take(*rows, **more)
            self.assertEqual([(line, target) for line, _, target in self.errors(run)], wrong)
            self.assertEqual(self.counts(run), {"fresh": 1, "failed": 9})
            self.assertEqual(self.shop.call("catalog.product.get", {"sku": "PK%d" % n}, idem=False)[0], 404 if more else 200)

    def test_a_new_article_is_withdrawn_and_comes_back_with_the_right_file(self):
        n = next(_number)
        sku, code = "PL%d" % n, gtin(720000 + n)
        run = self.take("a%d,%s,Wrong,错,1.00,tea,%s,,old" % (n, sku, code))
        undone = self.undo(run["id"])
        self.assertEqual((undone["taken"], undone.get("left", 0)), (run["made"], 0), self.stays(run))
        self.assertEqual(self.fields(sku, "state", "barcodes"), ["retired", []])
        run = self.take("a%d,%s,Right,,2.00,,,," % (n, sku), "b%d,X%s,Other,,2.00,,%s,," % (n, sku, code))  # its barcode belongs to another one
        self.assertEqual(self.counts(run), {"fresh": 2}, self.errors(run))
        self.assertEqual(self.fields(sku, "state", "name", "price", "category", "tags"), ["active", {"en": "Right"}, 200, None, []])
        undone = self.undo(run["id"])
        self.assertEqual((undone["taken"], undone.get("left", 0)), (run["made"], 0), self.stays(run))
        self.assertEqual(self.fields(sku, "state"), ["retired"])

    def test_a_withdrawn_article_needs_a_name_and_a_price_again(self):
        """Nothing of the file that was taken back is left in it, neither its name nor its price."""
        n = next(_number)
        self.undo(self.take("a%d,PX%d,Wrong,,1.00,,,," % (n, n))["id"])
        for row, target in (("a%d,PX%d,,,2.00,,,," % (n, n), "name"), ("a%d,PX%d,Right,,,,,," % (n, n), "price")):
            run = self.take(row)
            self.assertEqual((self.counts(run), [wrong[2] for wrong in self.errors(run)]), ({"failed": 1}, [target]))
        self.assertEqual(self.fields("PX%d" % n, "state"), ["retired"])

    def test_a_mapping_that_was_mended_reads_the_same_file_anew(self):
        """Prices that were read as fen and are yuan: the same text says something else now."""
        n = next(_number)
        wrong = [*PRODUCTS["columns"][:2], {"target": "name.zh", "from": "name"}, {"target": "price", "from": "price", "as": "minor"}]
        right = [*PRODUCTS["columns"][:3], {"target": "price", "from": "price"}]
        data = "id,sku,name,price\na%d,PY%d,Tea,39\n" % (n, n)
        for columns, count, price in ((wrong, "fresh", 39), (right, "changed", 3900), (right, "same", 3900)):
            self.shop.ok("intake.mapping.put", {**PRODUCTS, "name": "mended", "columns": columns})
            self.assertEqual(self.counts(self.run_file("mended", data)), {count: 1})
            self.assertEqual(self.fields("PY%d" % n, "price"), [price])

    def test_what_the_shop_retired_itself_stays_retired(self):
        n = next(_number)
        sku = "PM%d" % n
        self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": "Gone"}, "price": 100, "state": "retired"})
        self.assertEqual(self.counts(self.take("a%d,%s,Gone,,2.00,,,," % (n, sku))), {"changed": 1})
        self.assertEqual(self.fields(sku, "state", "price"), ["retired", 200])

    def test_old_fields_come_back_run_by_run(self):
        """Three runs over one article, taken back from the last to the first, are as if they had never been."""
        n = next(_number)
        sku = "PN%d" % n
        runs = [self.take("a%d,%s,One,,1.00,tea,%s,," % (n, sku, gtin(730000 + n))), self.take("a%d,%s,Two,,2.00,tea,,," % (n, sku)),
                self.take("a%d,%s,Three,,3.00,cup,%s,,new" % (n, sku, gtin(740000 + n)), "b%d,%s,Four,,4.00,cup,,," % (n, sku))]
        self.assertEqual([self.counts(run) for run in runs], [{"fresh": 1}, {"changed": 1}, {"changed": 2}])
        for run, expected in ((runs[2], ["active", {"en": "Two"}, 200, "tea", [gtin(730000 + n)], []]),
                              (runs[1], ["active", {"en": "One"}, 100, "tea", [gtin(730000 + n)], []]), (runs[0], ["retired"])):
            undone = self.undo(run["id"])
            self.assertEqual((undone["taken"], undone.get("left", 0)), (run["made"], 0), self.stays(run))
            self.assertEqual(self.fields(sku, "state", "name", "price", "category", "barcodes", "tags")[:len(expected)], expected)

    def test_a_change_that_was_taken_back_can_be_taken_in_again(self):
        n = next(_number)
        sku = "PO%d" % n
        self.take("a%d,%s,One,,1.00,,,," % (n, sku))
        second = self.take("a%d,%s,Two,,2.00,,,," % (n, sku))
        self.undo(second["id"])
        self.assertEqual(self.counts(self.take("a%d,%s,Two,,2.00,,,," % (n, sku))), {"changed": 1})
        self.assertEqual(self.fields(sku, "price"), [200])

    def test_what_somebody_built_on_stays_with_a_reason(self):
        n = next(_number)
        run = self.take("a%d,PP%d,Stocked,,1.00,,,," % (n, n), "b%d,PQ%d,Edited,,1.00,,,," % (n, n), "c%d,PR%d,Plain,,1.00,,,," % (n, n))
        change = self.take("a%d,PP%d,Stocked,,2.00,,,," % (n, n), "c%d,PR%d,Plain,,2.00,,,," % (n, n))
        self.shop.ok("inventory.receive", {"location": "store-1", "lines": [{"sku": "PP%d" % n, "qty": 1000}]})
        self.place(("PP%d" % n, 1000))
        self.shop.ok("catalog.product.put", {"sku": "PQ%d" % n, "price": 999})
        self.shop.ok("catalog.product.put", {"sku": "PR%d" % n, "price": 999})
        self.assertEqual(self.undo(change["id"])["left"], 1)
        self.assertEqual(self.stays(change), [("change", "PR%d" % n, "Somebody changed it since.")])
        self.assertEqual(self.undo(run["id"])["left"], 3)
        self.assertEqual(self.stays(run), [("product", "PP%d" % n, "Goods of it came or went since"), ("product", "PQ%d" % n, "Somebody changed it since."),
                                           ("product", "PR%d" % n, "Somebody changed it since.")])
        self.assertEqual([self.fields(sku % n, "state", "price") for sku in ("PP%d", "PQ%d", "PR%d")], [["active", 100], ["active", 999], ["active", 999]])

    def test_a_service_stays_because_nobody_counts_it(self):
        n = next(_number)
        self.shop.ok("intake.mapping.put", {**PRODUCTS, "name": "services", "columns": PRODUCTS["columns"][:3] + [
            {"target": "price", "from": "price", "as": "minor"}, {"target": "stocked", "from": "counted", "as": "lower"}, {"target": "unit", "from": "unit"}]})
        run = self.run_file("services", "id,sku,name,price,counted,unit\ns%d,PS%d,Wrapping,500,NO,piece\nt%d,PT%d,Loose,5,yes,ton\nu%d,PU%d,x,5,perhaps,kg\n" % ((n,) * 6))
        self.assertEqual((self.counts(run), self.errors(run)), ({"fresh": 1, "failed": 2}, [(3, "unit", "unit"), (4, "counted", "stocked")]))
        self.assertEqual(self.fields("PS%d" % n, "price", "stocked"), [500, False])
        self.undo(run["id"])
        self.assertEqual(self.stays(run)[0][:2], ("product", "PS%d" % n))

    def test_json_and_the_number_as_id(self):
        """Without a column for it, the article number is the id in the channel."""
        n = next(_number)
        self.shop.ok("intake.mapping.put", {"name": "feed", "channel": "feed", "kind": "products", "format": "json",
                                            "columns": [{"target": "sku", "from": "no"}, {"target": "name.en", "from": "title.en"}, {"target": "price", "from": "cents", "as": "minor"}]})
        feed = json.dumps([{"no": "PV%d-%d" % (n, i), "title": {"en": "Cup"}, "cents": 100 + i} for i in range(120)])
        self.assertEqual(self.counts(self.run_file("feed", feed)), {"fresh": 120})
        self.assertEqual(self.counts(self.run_file("feed", feed)), {"same": 120})
        self.assertEqual(self.fields("PV%d-119" % n, "price"), [219])

    def test_only_who_may_change_products_takes_them_in(self):
        """A channel sends its customers and orders; what is for sale, and for how much, is not its business."""
        channel = self.shop.make_key("channel")
        self.refused(403, "forbidden", "mapping", "intake.run", {"mapping": "list", "data": TITLES}, key=channel)
        self.assertEqual(self.shop.call("intake.run", {"mapping": "tmall-customers", "data": self.customers()}, key=channel)[0], 200)
        self.shop.ok("identity.role.put", {"code": "clerk_of_channels", "permissions": ["intake.manage", "intake.run", "intake.undo", "intake.read"]})
        clerk = self.shop.make_key("clerk_of_channels")
        run = self.take("q%d,PW%d,Tea,,1.00,,,," % ((next(_number),) * 2))["id"]
        for op, field, body in (("intake.mapping.put", "kind", PRODUCTS), ("intake.mapping.secret", "name", {"name": "list"}),
                                ("intake.run", "mapping", {"mapping": "list", "data": TITLES}), ("intake.undo", "run", {"run": run})):
            self.refused(403, "forbidden", field, op, body, key=clerk)

    def test_a_supplier_sends_articles_by_webhook(self):
        n = next(_number)
        feed = {"name": "supplier-hook", "channel": "supplier", "kind": "products", "format": "json",
                "columns": [{"target": "sku", "from": "no"}, {"target": "name.en", "from": "title"}, {"target": "price", "from": "price"}]}
        body = json.dumps({"no": "SH%d" % n, "title": "Tea", "price": "4.50"})
        self.shop.ok("intake.mapping.put", {**feed, "kind": "customers", "columns": [{"target": "external", "from": "no"}]})
        former = self.secret("supplier-hook")
        self.shop.ok("intake.mapping.put", feed)
        self.assertEqual(self.send(former, body, name="supplier-hook")[0], 401)  # it was good for customers
        secret = self.secret("supplier-hook")
        self.shop.ok("intake.mapping.put", feed)  # put again for the same kind, its secret holds
        status, answer = self.send(secret, body, name="supplier-hook")
        self.assertEqual((status, self.counts(self.ended(answer["run"]["id"]))), (200, {"fresh": 1}))
        self.assertEqual(self.fields("SH%d" % n, "price"), [450])

    def test_a_mapping_that_turns_to_products_opens_no_door(self):
        """Neither who has the secret of its former days nor who may not change products gets to prices by changing what a mapping takes in."""
        n = next(_number)
        turned = {**PRODUCTS, "name": "turned"}
        customers = {**turned, "kind": "customers", "columns": [{"target": "external", "from": "id"}]}
        self.shop.ok("intake.mapping.put", customers)
        self.shop.ok("intake.mapping.secret", {"name": "turned"}, idem=False)
        self.shop.ok("intake.mapping.put", turned)
        self.assertEqual(self.shop.ok("intake.mapping.secret", {"name": "turned"}, idem=False)["before_until"], 0)
        self.shop.ok("identity.role.put", {"code": "agency", "permissions": ["intake.manage", "intake.run"]})
        agency = self.shop.make_key("agency")
        self.refused(403, "forbidden", "name", "intake.mapping.put", customers, key=agency)
        run = self.shop.ok("intake.run", {"mapping": "turned", "data": TITLES, "parts": 2})["run"]["id"]
        self.shop.ok("intake.mapping.put", customers)
        part = {"mapping": "turned", "run": run, "part": 2, "parts": 2, "data": "a%d,PZ%d,Tea,,0.01,,,,\n" % (n, n)}
        self.refused(403, "forbidden", "run", "intake.run", part, key=agency)
        self.shop.ok("intake.run", part)
        self.assertEqual(self.counts(self.ended(run)), {"fresh": 1})

    def test_mappings_of_products_are_checked(self):
        columns = PRODUCTS["columns"]
        for field, code, change in (("columns[0].target", "bad_input", {"columns": [{"target": "name", "from": "x"}]}),
                                    ("columns", "missing_field", {"columns": columns[:1]}),
                                    ("columns[0].as", "bad_input", {"columns": [{"target": "price", "from": "x", "as": "lower"}]})):
            self.refused(400, code, field, "intake.mapping.put", {**PRODUCTS, "name": "wrong", **change})


if __name__ == "__main__":
    unittest.main()
