# Ilu klientów zostaje: wskaźniki pełnych miesięcy oraz klientów według miesiąca, w którym przyszli.
kpi-title = Ilu klientów zostaje
kpi-customer-inactivity = Klient to ktoś, kto był aktywny w ciągu { n-of-days } przed danym dniem; kto milczał dłużej, liczy się jako utracony.
kpi-customer-cancellation = Klient to ktoś, kto dołączył i nie zrezygnował; kto zrezygnował, liczy się jako utracony.
kpi-customer-lapse = Klient to ktoś, komu nie wygasło ostatnie odnowienie, także z opóźnieniem o { n-grace }; kto nie odnawia, liczy się jako utracony.
kpi-no-month = Żaden miesiąc nie jest jeszcze pełny, więc nie ma wskaźników miesięcznych.
kpi-short = Dane zaczynają się w miesiącu „{ $month }”: dawniejszych klientów w nich brakuje lub wyglądają na nowych, więc te wskaźniki to dopiero pierwsze przybliżenie.

kpi-head-title = Ostatni pełny miesiąc
kpi-measure = Wskaźnik
kpi-year = Ostatnie 12 miesięcy
kpi-customers_start = Klienci na początku
kpi-new = Nowi klienci
kpi-reactivated = Klienci, którzy wrócili
kpi-lost = Utraceni klienci
kpi-customers_end = Klienci na końcu
kpi-retention_rate = Wskaźnik retencji
kpi-churn_rate = Odsetek utraconych klientów
kpi-reactivation_rate = Odsetek odzyskanych spośród utraconych
kpi-repeat_purchase_rate = Odsetek kupujących ponownie
kpi-returning_buyers_share = Kupowali już wcześniej
kpi-purchase_frequency = Zakupy na kupującego
kpi-average_order_value = Średnia wartość zamówienia
kpi-days_between_purchases_median = Zwykle dni między zakupami
kpi-lifetime_value = Wydane dotąd na klienta
kpi-lifetime_value_net = Wydane dotąd na klienta po odjęciu zwrotów
kpi-nps = NPS (gotowość polecenia)
kpi-csat = CSAT (zadowolenie)

kpi-months-title = Miesiąc po miesiącu
kpi-month = Miesiąc
kpi-start = Na początku
kpi-end = Na końcu
kpi-new-short = Nowi
kpi-reactivated-short = Wrócili
kpi-lost-short = Utraceni

kpi-cohorts-title = Odsetek ponownie aktywnych klientów według miesiąca, w którym przyszli
kpi-cohorts-about = Każdy wiersz to klienci, którzy przyszli w jednym miesiącu: ilu na 100 z nich było aktywnych w pierwszym, drugim i kolejnych miesiącach.
kpi-cohorts-across = Miesiące od przyjścia
kpi-joined = Przyszli
kpi-customers = Klienci
kpi-after = po { $months ->
    [one] { $months } miesiącu
   *[many] { $months } miesiącach
}
kpi-value-title = Ile wydali klienci, według miesiąca, w którym przyszli
kpi-value-about = Wszystkie kwoty do końca ostatniego pełnego miesiąca ({ $month }).
kpi-spent = Wydał każdy
kpi-spent-net = Po odjęciu zwrotów
kpi-still = Nadal klienci
kpi-today = { $customers ->
    [fewer] Obecnych klientów jest zbyt mało, by pokazać ich wydatki.
   *[other] Liczba klientów w dniu { $day }: { $customers }; każdy wydał dotąd średnio { $spent }, a w ciągu następnych { n-of-days } spodziewamy się od każdego jeszcze około { $more }, razem { $total }. Tego, co będzie później, tu nie liczymy.
}

kpi-promised = W dniu { $date } powiedzieliśmy, że z { n-of-customers } w ciągu { n-of-days } odejdzie { $promised }; policzone ponownie w ten sam sposób: odeszło { $realised } z { kpi-n-counted }.
kpi-n-counted = { $counted ->
    [fewer] mniej niż { $least }
   *[other] { $counted }
}
kpi-promised-hidden = Prognozy z dnia { $date } nie pokazujemy: odeszło lub zostało zbyt mało klientów.
kpi-promised-sample = Prognozę sprawdzono tylko na części klientów ({ $share }), więc liczby klientów się różnią.
kpi-apart-inactivity = Odsetek utraconych w jednym miesiącu ({ $month }: { $churn }) to inny wskaźnik: obejmuje tylko tych, których milczenie właśnie w tym miesiącu sięgnęło { n-of-days }.
kpi-apart-other = Odsetek utraconych w jednym miesiącu ({ $month }: { $churn }) to inny wskaźnik: obejmuje tylko tych, którzy odeszli w tym miesiącu.

kpi-word-retention = Wskaźnik retencji
kpi-word-retention-text = Jaka część klientów z początku jest nimi także na końcu: klienci na końcu bez nowych i tych, którzy wrócili, podzieleni przez klientów na początku. 1000 na początku, 900 na końcu, z czego 200 nowych lub po powrocie, to 70%.
kpi-word-churn = Odsetek utraconych klientów
kpi-word-churn-text = Reszta: odsetek klientów z początku, którzy na końcu nie są już klientami.
kpi-word-back = Klienci, którzy wrócili
kpi-word-back-text = Na początku byli utraceni, a na końcu znów są klientami.
kpi-word-repeat = Odsetek kupujących ponownie
kpi-word-repeat-text = Spośród kupujących w ciągu 365 dni do końca okresu odsetek tych, którzy kupili co najmniej dwa razy.
kpi-word-between = Zwykle dni między zakupami
kpi-word-between-text = Połowa przerw między dwoma zakupami klienta jest krótsza, połowa dłuższa; kto nie wrócił, nie ma żadnej przerwy.
kpi-word-value = Wydane dotąd na klienta
kpi-word-value-text = Wszystkie wydatki podzielone przez wszystkich klientów, którzy kiedykolwiek byli, także utraconych.
kpi-word-nps = NPS
kpi-word-nps-text = „Czy nas polecisz?” w skali od 0 do 10: odsetek ocen 9 i 10 minus odsetek ocen od 0 do 6, od −100 do 100.
kpi-word-csat = CSAT
kpi-word-csat-text = „Czy jesteś zadowolony?” w skali od 1 do 5: odsetek ocen 4 i 5.
