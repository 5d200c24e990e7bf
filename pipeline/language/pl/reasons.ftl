# Reasons: one sentence per feature, with the customer's own numbers; and why a probability is uncertain.
# See the English file for the forms of values and things. $thing_of is the genitive plural.

unit-days = { $number ->
    [one] { $days } dzień
   *[other] { $days } dni
}
unit-days-of = { $number ->
    [one] { $days } dnia
   *[other] { $days } dni
}
unit-window = w ciągu { $number ->
    [one] ostatniego dnia
   *[other] ostatnich { $of_days }
}
unit-window-ever = do tej pory

# Titles of the topics that reasons are added up by.
family-silence = Jak dawno ich nie było
family-pace = Jak często przychodzą
family-spend = Ile wydają
family-interest = Wizyty i inne oznaki zainteresowania
family-trouble = Zwroty i problemy
family-history = Historia klienta
family-opinion = Oceny
family-standing = Salda i ceny
family-term = Umowa
family-profile = Dane o kliencie

# Silence
reason-silent-usually = Brak { $thing_of } od { $days_of }; zwykle { $gap_number ->
    [1] codziennie
   *[other] co { $gap }
}
reason-overdue = Brak { $thing_of } od { $days_of }, { $times } { $times_number ->
    [one] raz
    [few] razy
    [many] razy
   *[other] raza
} dłużej niż zwykle ({ $gap })
reason-silent-spread = Brak { $thing_of } od { $days_of }; zwykle co { $gap } (± { $spread })
reason-silent-longest = Brak { $thing_of } od { $days_of }; najdłuższa przerwa dotąd: { $longest }
reason-last = { $thing_last }: { $days } temu
reason-never = Dotąd brak { $thing_of }
reason-usual-gap = { $thing_many }: zwykle { $gap_number ->
    [1] codziennie
   *[other] co { $gap }
}
reason-gap-spread = { $thing_many }: odstępy różnią się średnio o { $days }
reason-newest-gap = { $thing_many }: { $newest } między dwoma ostatnimi dniami, zwykle { $gap }
reason-longest-gap = Najdłuższa przerwa dotąd: { $days }
reason-gap-window = { $thing_many } { $window }: średnio { $gap_number ->
    [1] codziennie
   *[other] co { $gap }
}
reason-only-day = { $thing_many }: dotąd tylko jednego dnia
reason-few-days = { $thing_many }: dotąd najwyżej dwa dni
reason-few-days-window = { $thing_many } { $window }: najwyżej jednego dnia

# Pace, interest and trouble
reason-count = { $n_number ->
    [0] Brak { $thing_of }
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
} { $window }
reason-active-days = { $days_number ->
    [0] Brak { $thing_of } { $window }
   *[other] { $thing_many } { $window }: { $days_number ->
        [one] { $days_figure } aktywny dzień
        [few] { $days_figure } aktywne dni
       *[other] { $days_figure } aktywnych dni
    }
}
reason-none-in-window = Brak { $thing_of } { $window }
reason-share-of-both = { $share_number ->
    [0] Brak { $other_of } { $window }
   *[other] Udział { $other_of } wśród { $thing_of } i { $other_of } { $window }: { $share }
}
reason-neither = Brak { $thing_of } i { $other_of } { $window }
reason-trend-counts = { $thing_many } { $older }: { $all }, z tego w drugiej połowie okresu: { $n }
reason-trend-share = { $thing_many } { $older }: w drugiej połowie okresu { $share }

# Spend
reason-amount = { $thing_many } { $window }: { $amount }
reason-amount-size = { $thing_many } { $window }: { $amount_size }
reason-amount-mean = { $thing }: średnio { $amount_size }
reason-amount-last = { $thing_last }: { $amount_size }
reason-no-amount = Dotąd brak { $thing_of } z kwotą
reason-net = Wydano łącznie { $window }: { $amount }
reason-net-unknown = Nie wiadomo, ile wydano

# History
reason-none = Żadna przyczyna się nie wyróżnia
reason-first = Klient od { $days_of }
reason-so-far = Klient od { $days_of }, dotąd { $n_number ->
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
}
reason-second-day = { $thing_many }: drugi aktywny dzień { $days } po pierwszym
reason-no-second-day = { $thing_many }: drugiego aktywnego dnia jeszcze nie było
reason-first-weeks = { $n_number ->
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
} w ciągu pierwszych { $weeks_days_of }
reason-comebacks = { $n_number ->
    [0] Dotąd bez długich przerw
    [one] { $n } powrót po długiej przerwie
    [few] { $n } powroty po długiej przerwie
   *[other] { $n } powrotów po długiej przerwie
}
reason-spell = Bez długich przerw od { $days_of }
reason-observed = Dane z co najmniej { $days_of }
reason-observed-unknown = Nie wiadomo, jak daleko sięgają dane

# Opinion and standing
reason-score-last = { $thing_last }: { $score }
reason-score-none = Dotąd brak { $thing_of } z liczbą punktów
reason-score-change = { $thing_last }: { $change_way ->
    [up] o { $change_size } wyżej niż poprzednio
    [down] o { $change_size } niżej niż poprzednio
   *[same] bez zmian
}
reason-score-few = Za mało { $thing_of } z liczbą punktów, by je porównać
reason-score-mean = { $thing_many } { $window }: średnio { $score }
reason-score-none-in-window = Brak { $thing_of } z liczbą punktów { $window }
reason-level-last = { $name }: obecnie { $level }
reason-level-none = { $name }: brak danych
reason-level-steady = { $name }: bez zmian od { $days_of }
reason-level-change = { $name } { $window }: { $change_way ->
    [up] wzrost o { $change_size }
    [down] spadek o { $change_size }
   *[same] bez zmian
}
reason-level-none-before = { $name }: brak danych sprzed { $window_days_of }

# Profile
reason-attribute-number = { $name }: { $level }
reason-attribute-value = { $name }: { $flag_number ->
    [0] nie { $value }
   *[other] { $value }
}
reason-attribute-unknown = { $name }: brak danych

# Term
reason-relation = Klient bez przerwy od { $days_of }
reason-departures = { $n_number ->
    [0] Dotąd brak odejść
    [one] { $n } wcześniejsze odejście
    [few] { $n } wcześniejsze odejścia
   *[other] { $n } wcześniejszych odejść
}
reason-cancelled = { $thing_last }: { $days } temu, { $flag_number ->
    [0] potem znów aktywność
   *[other] opłacone do końca okresu
}
reason-runs-out = Wygasa { $days_number ->
    [0] dziś
   *[other] za { $days }
}
reason-ran-out = Wygasło { $days } temu i nie zostało odnowione
reason-ran-out-grace = Wygasło { $days } temu i nie zostało odnowione; na odnowienie: { $grace }
reason-term = { $thing_last }: na { $days }
reason-term-unknown = Nie wiadomo, kiedy wygasa
reason-renewals = { $n_number ->
    [0] Dotąd brak odnowień
    [one] { $n } odnowienie do tej pory
    [few] { $n } odnowienia do tej pory
   *[other] { $n } odnowień do tej pory
}
reason-renewed-late = { $share_number ->
    [0] Wszystkie odnowienia na czas
    [1] Wszystkie odnowienia z opóźnieniem
   *[other] Odnowienia z opóźnieniem: { $share }
}
reason-days-late = Odnawia { $days_number ->
    [0] na czas
   *[other] średnio z opóźnieniem { $days_of }
}
reason-not-renewed = Dotąd brak odnowień

# Why a probability is uncertain
uncertain-known-for-days = { $days_number ->
    [0] Klient dopiero od dziś, aktywny jednego dnia
   *[other] Klient dopiero od { $days_of }, aktywny tylko jednego dnia
}
uncertain-estimates-differ = Trudno powiedzieć: szacunki wahają się od { $low } do { $high }

# An event whose type has no word below: its name cannot be inflected, the word for an event can.
event-named = zdarzenie „{ $name }”
    .many = zdarzenia „{ $name }”
    .few = zdarzenia „{ $name }”
    .of = zdarzeń „{ $name }”
    .last = ostatnie zdarzenie „{ $name }”

# Things by the name of their event type, attribute or state: one, several, with 2 to 4, of several, the last one.
role-activity = aktywność
    .many = aktywności
    .few = aktywności
    .of = aktywności
    .last = ostatnia aktywność
role-engagement = oznaka zainteresowania
    .many = oznaki zainteresowania
    .few = oznaki zainteresowania
    .of = oznak zainteresowania
    .last = ostatnia oznaka zainteresowania
role-friction = problem
    .many = problemy
    .few = problemy
    .of = problemów
    .last = ostatni problem
role-cancellation = rezygnacja
    .many = rezygnacje
    .few = rezygnacje
    .of = rezygnacji
    .last = ostatnia rezygnacja
thing-purchase = zakup
    .many = zakupy
    .few = zakupy
    .of = zakupów
    .last = ostatni zakup
thing-order = zamówienie
    .many = zamówienia
    .few = zamówienia
    .of = zamówień
    .last = ostatnie zamówienie
thing-return = zwrot
    .many = zwroty
    .few = zwroty
    .of = zwrotów
    .last = ostatni zwrot
thing-refund = zwrot pieniędzy
    .many = zwroty pieniędzy
    .few = zwroty pieniędzy
    .of = zwrotów pieniędzy
    .last = ostatni zwrot pieniędzy
thing-payment = płatność
    .many = płatności
    .few = płatności
    .of = płatności
    .last = ostatnia płatność
thing-transaction = transakcja
    .many = transakcje
    .few = transakcje
    .of = transakcji
    .last = ostatnia transakcja
thing-deposit = wpłata
    .many = wpłaty
    .few = wpłaty
    .of = wpłat
    .last = ostatnia wpłata
thing-withdrawal = wypłata
    .many = wypłaty
    .few = wypłaty
    .of = wypłat
    .last = ostatnia wypłata
thing-renewal = odnowienie
    .many = odnowienia
    .few = odnowienia
    .of = odnowień
    .last = ostatnie odnowienie
thing-subscription = subskrypcja
    .many = subskrypcje
    .few = subskrypcje
    .of = subskrypcji
    .last = ostatnia subskrypcja
thing-cancel = rezygnacja
    .many = rezygnacje
    .few = rezygnacje
    .of = rezygnacji
    .last = ostatnia rezygnacja
thing-unsubscribe = wypisanie się
    .many = wypisania się
    .few = wypisania się
    .of = wypisań się
    .last = ostatnie wypisanie się
thing-visit = wizyta
    .many = wizyty
    .few = wizyty
    .of = wizyt
    .last = ostatnia wizyta
thing-session = sesja
    .many = sesje
    .few = sesje
    .of = sesji
    .last = ostatnia sesja
thing-page_view = odsłona
    .many = odsłony
    .few = odsłony
    .of = odsłon
    .last = ostatnia odsłona
thing-view = wyświetlenie
    .many = wyświetlenia
    .few = wyświetlenia
    .of = wyświetleń
    .last = ostatnie wyświetlenie
thing-login = logowanie
    .many = logowania
    .few = logowania
    .of = logowań
    .last = ostatnie logowanie
thing-search = wyszukiwanie
    .many = wyszukiwania
    .few = wyszukiwania
    .of = wyszukiwań
    .last = ostatnie wyszukiwanie
thing-add_to_cart = dodanie do koszyka
    .many = dodania do koszyka
    .few = dodania do koszyka
    .of = dodań do koszyka
    .last = ostatnie dodanie do koszyka
thing-open = otwarcie wiadomości
    .many = otwarcia wiadomości
    .few = otwarcia wiadomości
    .of = otwarć wiadomości
    .last = ostatnie otwarcie wiadomości
thing-click = kliknięcie
    .many = kliknięcia
    .few = kliknięcia
    .of = kliknięć
    .last = ostatnie kliknięcie
thing-campaign_received = otrzymana kampania
    .many = otrzymane kampanie
    .few = otrzymane kampanie
    .of = otrzymanych kampanii
    .last = ostatnia otrzymana kampania
thing-coupon_redeem = zrealizowany kupon
    .many = zrealizowane kupony
    .few = zrealizowane kupony
    .of = zrealizowanych kuponów
    .last = ostatni zrealizowany kupon
thing-booking = rezerwacja
    .many = rezerwacje
    .few = rezerwacje
    .of = rezerwacji
    .last = ostatnia rezerwacja
thing-trip = przejazd
    .many = przejazdy
    .few = przejazdy
    .of = przejazdów
    .last = ostatni przejazd
thing-lesson = lekcja
    .many = lekcje
    .few = lekcje
    .of = lekcji
    .last = ostatnia lekcja
thing-download = pobranie
    .many = pobrania
    .few = pobrania
    .of = pobrań
    .last = ostatnie pobranie
thing-ticket = zgłoszenie
    .many = zgłoszenia
    .few = zgłoszenia
    .of = zgłoszeń
    .last = ostatnie zgłoszenie
thing-complaint = reklamacja
    .many = reklamacje
    .few = reklamacje
    .of = reklamacji
    .last = ostatnia reklamacja
thing-call = telefon
    .many = telefony
    .few = telefony
    .of = telefonów
    .last = ostatni telefon
thing-chat = czat
    .many = czaty
    .few = czaty
    .of = czatów
    .last = ostatni czat
thing-message = wiadomość
    .many = wiadomości
    .few = wiadomości
    .of = wiadomości
    .last = ostatnia wiadomość
thing-review = opinia
    .many = opinie
    .few = opinie
    .of = opinii
    .last = ostatnia opinia
thing-rating = ocena
    .many = oceny
    .few = oceny
    .of = ocen
    .last = ostatnia ocena
thing-survey = ankieta
    .many = ankiety
    .few = ankiety
    .of = ankiet
    .last = ostatnia ankieta
thing-nps = ocena NPS
    .many = oceny NPS
    .few = oceny NPS
    .of = ocen NPS
    .last = ostatnia ocena NPS
thing-csat = ocena CSAT
    .many = oceny CSAT
    .few = oceny CSAT
    .of = ocen CSAT
    .last = ostatnia ocena CSAT
thing-invoice = faktura
    .many = faktury
    .few = faktury
    .of = faktur
    .last = ostatnia faktura
thing-delivery = dostawa
    .many = dostawy
    .few = dostawy
    .of = dostaw
    .last = ostatnia dostawa
thing-balance = saldo
    .many = salda
    .few = salda
    .of = sald
    .last = ostatnie saldo
thing-points = saldo punktów
    .many = salda punktów
    .few = salda punktów
    .of = sald punktów
    .last = ostatnie saldo punktów
thing-price = cena
    .many = ceny
    .few = ceny
    .of = cen
    .last = ostatnia cena
thing-plan = plan
    .many = plany
    .few = plany
    .of = planów
    .last = ostatni plan
thing-plan_price = cena planu
    .many = ceny planów
    .few = ceny planów
    .of = cen planów
    .last = ostatnia cena planu
thing-country = kraj
    .many = kraje
    .few = kraje
    .of = krajów
    .last = ostatni kraj
thing-city = miasto
    .many = miasta
    .few = miasta
    .of = miast
    .last = ostatnie miasto
thing-age = wiek
    .many = wieki
    .few = wieki
    .of = wieków
    .last = ostatni wiek
thing-segment = segment
    .many = segmenty
    .few = segmenty
    .of = segmentów
    .last = ostatni segment
thing-channel = kanał
    .many = kanały
    .few = kanały
    .of = kanałów
    .last = ostatni kanał
thing-store = sklep
    .many = sklepy
    .few = sklepy
    .of = sklepów
    .last = ostatni sklep
thing-buy = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-sale = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-order_placed = { thing-order }
    .many = { thing-order.many }
    .few = { thing-order.few }
    .of = { thing-order.of }
    .last = { thing-order.last }
thing-pay = { thing-payment }
    .many = { thing-payment.many }
    .few = { thing-payment.few }
    .of = { thing-payment.of }
    .last = { thing-payment.last }
thing-log_in = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-logon = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-renew = { thing-renewal }
    .many = { thing-renewal.many }
    .few = { thing-renewal.few }
    .of = { thing-renewal.of }
    .last = { thing-renewal.last }
thing-subscribe = { thing-subscription }
    .many = { thing-subscription.many }
    .few = { thing-subscription.few }
    .of = { thing-subscription.of }
    .last = { thing-subscription.last }
thing-cancellation = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-cancelled = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-email_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-e_mail_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-email_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-e_mail_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-support_ticket = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-ticket_opened = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-loyalty_points = { thing-points }
    .many = { thing-points.many }
    .few = { thing-points.few }
    .of = { thing-points.of }
    .last = { thing-points.last }
thing-nps_score = { thing-nps }
    .many = { thing-nps.many }
    .few = { thing-nps.few }
    .of = { thing-nps.of }
    .last = { thing-nps.last }
thing-pageview = { thing-page_view }
    .many = { thing-page_view.many }
    .few = { thing-page_view.few }
    .of = { thing-page_view.of }
    .last = { thing-page_view.last }
thing-ride = { thing-trip }
    .many = { thing-trip.many }
    .few = { thing-trip.few }
    .of = { thing-trip.of }
    .last = { thing-trip.last }
thing-reservation = { thing-booking }
    .many = { thing-booking.many }
    .few = { thing-booking.few }
    .of = { thing-booking.of }
    .last = { thing-booking.last }
