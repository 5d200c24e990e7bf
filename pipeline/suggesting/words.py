"""What names mean: lists of words for columns and event types, in one place, so that they can be argued with."""

from __future__ import annotations

import re

# Columns: the first words are the surest. Compared after dropping everything but letters and figures.
CUSTOMER = (
    "customerid", "customer", "custid", "customerno", "customernumber", "customerkey", "idcustomer", "clientid",
    "client", "userid", "user", "accountid", "account", "memberid", "member", "householdid", "householdkey",
    "household", "subscriberid", "subscriber", "buyerid", "buyer", "playerid", "patientid", "msisdn", "msno",
    "cardid", "cardno", "loyaltyid", "visitorid", "contactid", "personid", "kundennummer", "kundennr", "kundenid",
    "kunde", "clienteid", "idclient",
)  # fmt: skip
TIME = (
    "eventtime", "eventtimestamp", "timestamp", "datetime", "eventdate", "invoicedate", "orderdate", "orderedat",
    "ordertimestamp", "orderpurchasetimestamp", "purchasedate", "purchasedat", "transactiondate", "transactiontime",
    "paymentdate", "paidat", "invoicetime", "saledate", "salesdate", "bookingdate", "visitdate", "occurredat",
    "happenedat", "createdat", "createdon", "created", "date", "time", "ts", "day", "datum", "bestelldatum", "fecha",
)  # fmt: skip
NOT_THE_TIME = (
    "birth", "updated", "modified", "expir", "deliver", "due", "until", "valid", "signup", "register", "joined",
    "first", "last", "loaded", "import", "export", "end", "cancel",
)  # fmt: skip
TYPE = (
    "eventtype", "type", "event", "eventname", "action", "activity", "activitytype", "actiontype", "transactiontype",
    "kind", "interaction", "typ", "ereignis", "vorgang", "tipo", "evento",
)  # fmt: skip
AMOUNT = (
    "amount", "total", "totalamount", "grandtotal", "ordertotal", "totalprice", "linetotal", "amountpaid",
    "paymentamount", "revenue", "salesvalue", "salesamount", "sales", "turnover", "spend", "netamount",
    "grossamount", "actualamountpaid", "value", "paymentvalue", "price", "betrag", "umsatz", "summe", "importe",
    "monto",
)  # fmt: skip
UNIT_PRICE = ("price", "unitprice", "priceperunit", "itemprice", "preis", "einzelpreis", "stueckpreis")
QUANTITY = ("quantity", "qty", "units", "unitssold", "count", "pieces", "menge", "anzahl", "cantidad")
ORDER = (
    "invoice", "invoiceno", "invoiceid", "invoicenumber", "orderid", "orderno", "ordernumber", "order", "basketid",
    "basket", "transactionid", "receiptid", "receipt", "receiptno", "billno", "bestellnummer", "rechnungsnummer",
)  # fmt: skip
EVENT_ID = ("eventid", "eventuuid", "transactionid", "invoiceid", "orderid", "messageid", "uuid", "guid", "id")

# Event types: matched word by word, singular; the first group that fits decides, so the order matters.
COMPANY = {"campaign", "impression", "newsletter", "mailing"}
MESSAGE = {"email", "mail", "sms", "push", "notification", "message", "coupon", "voucher", "ad", "offer", *COMPANY}
DELIVERED = {"sent", "send", "received", "receive", "delivered", "issued", "assigned", "shown", "bounced", "targeted"}
REACTION = {"open", "opened", "click", "clicked", "redeem", "redeemed", "view", "viewed", "used", "reply", "replied"}
CANCEL = {"cancel", "cancelled", "canceled", "cancellation", "unsubscribe", "unsubscribed", "churn", "churned",
          "terminate", "terminated", "termination", "closed"}  # fmt: skip
CANCELLED_SALE = {"order", "purchase", "payment", "transaction", "booking", "invoice", "reservation"}
FRICTION = {"return", "returned", "refund", "refunded", "complaint", "complained", "ticket", "support", "chargeback",
            "dispute", "failed", "failure", "declined", "error", "retoure", "claim"}  # fmt: skip
FEEDBACK = {"nps", "csat", "rating", "rated", "review", "reviewed", "survey", "feedback", "score"}
LEVEL = {"balance", "points", "level", "tier", "mrr", "seats"}
ENGAGEMENT = {"visit", "visited", "view", "viewed", "login", "logon", "signin", "session", "search", "cart", "wishlist",
              "browse", "pageview", "page", "app", "lesson", "play", "played", "listen", "stream", "download", "like",
              "share", "comment", "start", "started", *REACTION}  # fmt: skip
ACTIVITY = {"purchase", "purchased", "order", "ordered", "buy", "bought", "sale", "sold", "transaction", "payment",
            "paid", "pay", "invoice", "invoiced", "booking", "booked", "checkout", "deposit", "ride", "trip", "stay",
            "renew", "renewed", "renewal", "subscribe", "subscribed", "subscription", "kauf", "bestellung", "compra",
            "rental", "topup"}  # fmt: skip
RENEWAL = {"renew", "renewed", "renewal", "subscribe", "subscribed", "subscription"}

# Columns that a list could show, by a word of their name.
CHANNEL = {"channel", "kanal", "canal", "platform", "device", "medium"}
KIND = {"store", "shop", "branch", "location", "region", "category", "department", "brand", "filiale", "tienda"}


def bare(name: str) -> str:
    """A column's name as it is compared: small letters and figures alone.

    >>> bare("Customer ID")
    'customerid'
    """
    return re.sub(r"[\W_]+", "", name.lower())


def words(event_type: str) -> set[str]:
    """The words of an event type.

    >>> sorted(words("EmailOpened-v2"))
    ['email', 'opened', 'v2']
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", event_type)
    found = {word for word in re.split(r"[\W_]+", spaced.lower()) if word}
    return found | {word[:-1] for word in found if word.endswith("s") and len(word) > 3}
