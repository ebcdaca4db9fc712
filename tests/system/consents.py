"""How tests have a customer agree to something: a text is put first, and she agrees to that version of it."""


def agree(shop, member, purpose="personalisation", channel=None, language="en"):
    """The member agrees; the text is made when there is none. -> the answer."""
    status, text = shop.call("privacy.text.get", {"purpose": purpose, "language": language})
    if status != 200:
        text = shop.ok("privacy.text.put", {"purpose": purpose, "language": language, "version": 1, "body": "May we? " + purpose})
    body = {"member": member, "purpose": purpose, "language": language, "version": text["version"], "source": "till"}
    return shop.ok("privacy.consent.give", dict(body, channel=channel) if channel else body)


def take_back(shop, member, purpose="personalisation", channel=None):
    body = {"member": member, "purpose": purpose, "source": "till"}
    return shop.ok("privacy.consent.withdraw", dict(body, channel=channel) if channel else body)
