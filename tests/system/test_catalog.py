"""The catalog over HTTP: making and changing products, barcodes, searches, pages, refusals."""

import concurrent.futures
import unittest

import merx

GTIN_8, GTIN_12, GTIN_13, GTIN_14 = "96385074", "036000291452", "6901234567892", "16901234567899"


def check_digit(digits):
    """The GS1 check digit of the digits before it, worked out apart from the program."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


class Catalog(merx.ShopTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.shop.make_key("cashier")

    def put(self, sku, **more):
        return self.shop.ok("catalog.product.put", {"sku": sku, "name": {"en": "Article " + sku}, "price": 100, **more})["product"]

    def get(self, sku):
        return self.shop.ok("catalog.product.get", {"sku": sku})["product"]

    def skus(self, **criterion):
        """All pages of a search, as article numbers in order."""
        found, after = [], {}
        for _ in range(1000):
            page = self.shop.ok("catalog.product.find", {**criterion, **after})
            self.assertLessEqual(len(page["products"]), criterion.get("limit", 50))
            found += [product["sku"] for product in page["products"]]
            if "next" not in page:
                return found
            after = {"after": page["next"]}
        self.fail("the pages have no end")


class Products(Catalog):
    def test_a_new_product_has_all_it_was_given(self):
        given = {"sku": "NEW-1", "name": {"en": "Oolong tea", "zh": "乌龙茶"}, "price": 3900, "unit": "kg", "category": "tea",
                 "tags": ["loose", "gift"], "barcodes": [GTIN_8, "shelf 7"], "tax_ppm": 130000, "stocked": True, "below_zero": True,
                 "brand": "house"}
        answer = self.shop.ok("catalog.product.put", given)["product"]
        self.assertEqual({name: answer[name] for name in given}, given)
        self.assertEqual((answer["rev"], answer["state"]), (1, "active"))
        self.assertEqual(self.get("NEW-1"), answer)
        self.assertNotIn("words", answer)

    def test_what_a_new_product_leaves_out(self):
        product = self.shop.ok("catalog.product.put", {"sku": "NEW-2", "name": {"en": "x"}, "price": 0})["product"]
        self.assertEqual((product["unit"], product["tax_ppm"], product["tags"], product["barcodes"], product.get("category", "")),
                         ("piece", 0, [], [], ""))
        self.assertEqual((product["stocked"], product["below_zero"], product["state"]), (True, False, "active"))

    def test_a_change_keeps_what_it_does_not_name(self):
        before = self.put("CHG", unit="kg", category="c", tags=["a"], barcodes=["in-store 1"], tax_ppm=70000, below_zero=True)
        after = self.shop.ok("catalog.product.put", {"sku": "CHG", "price": 250})["product"]
        self.assertEqual(after.pop("price"), 250)
        self.assertEqual((before.pop("rev"), after.pop("rev")), (1, 2))
        before.pop("price"), before.pop("changed_at"), after.pop("changed_at")
        self.assertEqual(after, before)
        emptied = self.shop.ok("catalog.product.put", {"sku": "CHG", "tags": [], "barcodes": [], "category": "", "brand": "", "below_zero": False,
                                                       "tax_ppm": 0, "stocked": False, "unit": "piece", "state": "retired"})["product"]
        self.assertEqual((emptied["tags"], emptied["barcodes"], emptied.get("category", ""), emptied["tax_ppm"]), ([], [], "", 0))
        self.assertEqual((emptied["below_zero"], emptied["stocked"], emptied["unit"], emptied["state"]), (False, False, "piece", "retired"))
        self.assertEqual(self.get("CHG"), emptied)

    def test_a_change_of_another_revision_is_a_conflict(self):
        self.put("REV")
        self.refused(409, "conflict", "if_rev", "catalog.product.put", {"sku": "REV", "price": 7, "if_rev": 0})
        self.assertEqual(self.shop.ok("catalog.product.put", {"sku": "REV", "price": 200, "if_rev": 1})["product"]["rev"], 2)
        self.refused(409, "conflict", "if_rev", "catalog.product.put", {"sku": "REV", "price": 300, "if_rev": 1})
        self.assertEqual((self.get("REV")["price"], self.get("REV")["rev"]), (200, 2))
        self.refused(409, "conflict", "if_rev", "catalog.product.put", {"sku": "REV-NONE", "name": {"en": "x"}, "price": 1, "if_rev": 4})
        self.assertEqual(self.put("REV-NEW", if_rev=0)["rev"], 1)

    def test_a_new_product_needs_name_and_price(self):
        self.refused(400, "missing_field", "name", "catalog.product.put", {"sku": "HALF", "price": 1})
        self.refused(400, "missing_field", "price", "catalog.product.put", {"sku": "HALF", "name": {"en": "x"}})
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "HALF"})[0], 404)

    def test_bad_input_is_named_and_changes_nothing(self):
        before = self.put("BAD", barcodes=["bad-1"])
        cases = [
            ({"sku": " BAD"}, "bad_input", "sku"), ({"sku": ""}, "out_of_range", "sku"), ({"sku": "B" * 65}, "out_of_range", "sku"),
            ({"name": {}}, "out_of_range", "name"), ({"name": {"en": ""}}, "out_of_range", "name.en"),
            ({"name": {"en": "x" * 201}}, "out_of_range", "name.en"), ({"name": {"e n": "x"}}, "bad_input", "name"), ({"name": "x"}, "wrong_type", "name"),
            ({"price": -1}, "out_of_range", "price"), ({"price": 2**53}, "out_of_range", "price"), ({"price": 1.5}, "wrong_type", "price"),
            ({"tax_ppm": 1000001}, "out_of_range", "tax_ppm"), ({"unit": "litre"}, "out_of_range", "unit"), ({"stocked": 1}, "wrong_type", "stocked"),
            ({"state": "gone"}, "out_of_range", "state"), ({"category": "c" * 33}, "out_of_range", "category"), ({"category": "c "}, "bad_input", "category"),
            ({"brand": "b" * 33}, "out_of_range", "brand"), ({"brand": " b"}, "bad_input", "brand"),
            ({"tags": ["a", ""]}, "out_of_range", "tags[1]"), ({"tags": ["t" * 33]}, "out_of_range", "tags[0]"),
            ({"tags": ["a", "b", "a"]}, "bad_input", "tags[2]"), ({"tags": [" a"]}, "bad_input", "tags[0]"), ({"tags": ["a"] * 33}, "out_of_range", "tags"),
            ({"words": ["x"]}, "unknown_field", "words"), ({"rev": 1}, "unknown_field", "rev"), ({"if_rev": -1}, "out_of_range", "if_rev"),
        ]
        for change, code, field in cases:
            with self.subTest(change=change):
                self.refused(400, code, field, "catalog.product.put", {"sku": "BAD", **change})
        self.refused(400, "doubled_field", "price", "catalog.product.put", '{"sku":"BAD","price":1,"price":2}')
        self.assertEqual(self.get("BAD"), before)

    def test_who_may(self):
        self.put("MAY")
        self.refused(403, "forbidden", None, "catalog.product.put", {"sku": "MAY", "price": 1}, key=self.cashier)
        self.assertEqual(self.get("MAY")["price"], 100)
        self.assertEqual(self.shop.ok("catalog.product.get", {"sku": "MAY"}, key=self.cashier)["product"]["sku"], "MAY")

    def test_an_unknown_product_is_not_found(self):
        self.refused(404, "not_found", "sku", "catalog.product.get", {"sku": "NOBODY"})

    def test_each_change_is_an_event(self):
        self.put("EVENT")
        self.shop.ok("catalog.product.put", {"sku": "EVENT", "state": "retired"})
        events, start = [], 1
        while True:
            page = self.shop.ok("system.log.list", {"type": "catalog.product.changed", "from": start})
            events += [event["data"] for event in page["events"] if event["data"]["sku"] == "EVENT"]
            if page["next"] == start:
                break
            start = page["next"]
        self.assertEqual(events, [{"sku": "EVENT", "rev": 1, "state": "active"}, {"sku": "EVENT", "rev": 2, "state": "retired"}])


class Barcodes(Catalog):
    def test_codes_that_are_taken(self):
        codes = [GTIN_12, GTIN_13, GTIN_14, "2" + "0" * 11 + check_digit("2" + "0" * 11), "1234", "123456789", "0" * 48, "a B-c/9"]
        self.assertEqual(self.put("CODES", barcodes=codes)["barcodes"], codes)
        for code in codes:
            self.assertEqual(self.skus(barcode=code), ["CODES"])

    def test_a_wrong_check_digit_is_refused_for_every_length(self):
        for good in (GTIN_8, GTIN_12, GTIN_13, GTIN_14, "2200000000002"):
            self.assertEqual(check_digit(good[:-1]), good[-1])
            for wrong in set("0123456789") - {good[-1]}:
                self.refused(400, "bad_input", "barcodes[1]", "catalog.product.put",
                             {"sku": "WRONG", "name": {"en": "x"}, "price": 1, "barcodes": ["fine-" + good, good[:-1] + wrong]})
        self.assertEqual(self.shop.call("catalog.product.get", {"sku": "WRONG"})[0], 404)

    def test_codes_that_cannot_be(self):
        for code in ("", "x" * 49, " lead", "trail ", "tab\there", "del\x7f", "茶"):
            with self.subTest(code=code):
                status, answer = self.shop.call("catalog.product.put", {"sku": "ODD", "name": {"en": "x"}, "price": 1, "barcodes": [code]})
                self.assertEqual((status, answer["field"]), (400, "barcodes[0]"), answer)
        self.refused(400, "bad_input", "barcodes[1]", "catalog.product.put", {"sku": "ODD", "name": {"en": "x"}, "price": 1, "barcodes": ["9", "9"]})

    def test_zeros_in_front_of_a_gtin_do_not_matter(self):
        """A scanner reads the 12 digits of an American packet as 13; a carton writes 14."""
        self.put("UPC", barcodes=["012345678905"])
        self.put("SMALL", barcodes=["12345670"])
        for code in ("012345678905", "0012345678905", "00012345678905"):
            self.assertEqual(self.skus(barcode=code), ["UPC"])
            if code != "012345678905":
                self.refused(409, "barcode_taken", "barcodes[0]", "catalog.product.put",
                             {"sku": "UPC-2", "name": {"en": "x"}, "price": 1, "barcodes": [code]})
        self.assertEqual(self.skus(barcode="00000012345670"), ["SMALL"])
        for other in ("12345678905", "000012345678905", "012345670", "012345678906"):
            self.assertEqual(self.skus(barcode=other), [])
        self.assertEqual(self.put("UPC", barcodes=["0012345678905", "012345678905"])["barcodes"], ["0012345678905", "012345678905"])

    def test_a_barcode_belongs_to_one_product(self):
        self.put("OWN-1", barcodes=["own"])
        self.refused(409, "barcode_taken", "barcodes[1]", "catalog.product.put",
                     {"sku": "OWN-2", "name": {"en": "x"}, "price": 1, "barcodes": ["own-2", "own"]})
        self.assertEqual(self.skus(barcode="own-2"), [])
        self.put("OWN-1", barcodes=["own", "more"])
        self.put("OWN-1", barcodes=["more"])
        self.assertEqual(self.skus(barcode="own"), [])
        self.put("OWN-2", barcodes=["own"])
        self.assertEqual(self.skus(barcode="own"), ["OWN-2"])


class Finding(Catalog):
    NAMES = {
        "F-01": {"en": "Green Tea, loose 100 g", "zh": "绿茶"},
        "F-02": {"en": "Oolong tea", "zh": "乌龙茶"},
        "F-03": {"en": "Teapot \"Garden\"", "zh": "花园茶壶"},
        "F-04": {"en": "Tea cup, teal", "zh": "茶杯"},
        "F-05": {"en": "Crème à l'ÉTÉ SPF50", "de": "Größe Ä"},
        "F-06": {"en": "Lip balm", "zh": "润唇膏 ＡＢＣ"},
        "F-07": {"ru": "Чёрный ЧАЙ", "ja": "お茶", "ko": "녹차"},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number, (sku, name) in enumerate(sorted(cls.NAMES.items())):
            cls.shop.ok("catalog.product.put", {"sku": sku, "name": name, "price": 100, "category": "tea" if number < 4 else "beauty",
                                                "tags": ["all", "even" if number % 2 == 0 else "odd"],
                                                "brand": "garden" if number in (1, 2) else ""})

    def test_by_words_of_the_name(self):
        for text, wanted in {
            "tea": ["F-01", "F-02", "F-03", "F-04"], "TEA": ["F-01", "F-02", "F-03", "F-04"], "teap": ["F-03"], "teapot": ["F-03"],
            "green tea": ["F-01"], "tea green": ["F-01"], "tea g": ["F-01"], "te green": [], "tea x": [], "100": ["F-01"], "garden.": ["F-03"],
            "茶": ["F-01", "F-02", "F-03", "F-04", "F-07"], "龙茶": ["F-02"], "乌龙茶": ["F-02"], "茶乌": [], "绿": ["F-01"], "园茶 tea": ["F-03"],
            "crème été": ["F-05"], "CRÈME": ["F-05"], "creme": [], "spf50": ["F-05"], "größe ä": ["F-05"], "abc": ["F-06"], "ａｂｃ": ["F-06"],
            "чай": ["F-07"], "ЧЁРНЫЙ ч": ["F-07"], "녹차": ["F-07"], "zzz": [],
        }.items():
            with self.subTest(text=text):
                self.assertEqual(sorted(self.skus(name=text)), wanted)

    def test_small_pages_give_each_product_once(self):
        for criterion in ({"name": "te"}, {"name": "茶"}, {"name": "t tea"}, {"category": "tea"}, {"tag": "all"}, {}):
            for limit in (1, 2, 3):
                with self.subTest(criterion=criterion, limit=limit):
                    found = self.skus(limit=limit, **criterion)
                    self.assertEqual(len(found), len(set(found)))
                    self.assertEqual(sorted(found), sorted(self.skus(**criterion)))

    def test_a_page_is_no_longer_than_its_limit(self):
        page = self.shop.ok("catalog.product.find", {"limit": 3})
        self.assertEqual([product["sku"] for product in page["products"]], ["F-01", "F-02", "F-03"])
        page = self.shop.ok("catalog.product.find", {"limit": 3, "after": page["next"]})
        self.assertEqual([product["sku"] for product in page["products"]], ["F-04", "F-05", "F-06"])
        page = self.shop.ok("catalog.product.find", {"limit": 4, "after": page["next"]})
        self.assertEqual([product["sku"] for product in page["products"]], ["F-07"])
        self.assertNotIn("next", page)
        self.assertNotIn("next", self.shop.ok("catalog.product.find", {"limit": 7}))

    def test_by_category_brand_and_tag(self):
        self.assertEqual(self.skus(brand="garden"), ["F-02", "F-03"])
        self.assertEqual(self.skus(brand="garden", limit=1), ["F-02", "F-03"])
        self.assertEqual(self.skus(brand="gard"), [])
        self.assertEqual(self.skus(category="tea"), ["F-01", "F-02", "F-03", "F-04"])
        self.assertEqual(self.skus(category="te"), [])
        self.assertEqual(self.skus(tag="odd"), ["F-02", "F-04", "F-06"])

    def test_bad_searches(self):
        next_of_tag = self.shop.ok("catalog.product.find", {"tag": "all", "limit": 1})["next"]
        next_of_name = self.shop.ok("catalog.product.find", {"name": "te", "limit": 1})["next"]
        for body, field in [
            ({"category": "tea", "tag": "all"}, "tag"), ({"category": "tea", "brand": "garden"}, "brand"), ({"barcode": "1", "name": "x"}, "name"), ({"name": "?!"}, "name"), ({"name": "，。"}, "name"),
            ({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"limit": "5"}, "limit"), ({"after": "nonsense"}, "after"), ({"tag": ""}, "tag"),
            ({"category": "tea", "after": next_of_tag}, "after"), ({"after": next_of_tag}, "after"), ({"name": "green", "after": next_of_name}, "after"),
            ({"name": "te", "after": next_of_tag}, "after"), ({"name": "te", "after": "tea nonsense"}, "after"), ({"sku": "F-01"}, "sku"),
        ]:
            with self.subTest(body=body):
                status, answer = self.shop.call("catalog.product.find", body)
                self.assertEqual((status, answer.get("field")), (400, field), answer)


class Renaming(Catalog):
    def test_a_new_name_is_found_and_the_old_one_is_not(self):
        self.put("NAME", name={"en": "Winter scarf"})
        self.assertEqual(self.skus(name="winter"), ["NAME"])
        self.put("NAME", name={"en": "Summer scarf"})
        self.assertEqual((self.skus(name="winter"), self.skus(name="summer"), self.skus(name="scarf")), ([], ["NAME"], ["NAME"]))
        self.put("NAME", category="a", tags=["x"])
        self.put("NAME", category="b", tags=["y"])
        self.assertEqual((self.skus(category="a"), self.skus(tag="x"), self.skus(category="b"), self.skus(tag="y")), ([], [], ["NAME"], ["NAME"]))

    def test_a_broad_search_goes_on_where_it_stopped(self):
        count = 2100
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda number: self.put("MANY-%04d" % number, name={"en": "many thing-%d" % number if number % 1000 == 999 else "many"}),
                          range(count)))
        self.assertIn("next", self.shop.ok("catalog.product.find", {"name": "many thing"}))
        self.assertEqual(self.skus(name="many thing"), ["MANY-0999", "MANY-1999"])
        rare_word_leads = self.shop.ok("catalog.product.find", {"name": "thing many"})
        self.assertEqual(([product["sku"] for product in rare_word_leads["products"]], rare_word_leads.get("next")), (["MANY-0999", "MANY-1999"], None))
        self.assertEqual(len(self.skus(name="man", limit=200)), count)
        self.assertEqual(self.shop.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
