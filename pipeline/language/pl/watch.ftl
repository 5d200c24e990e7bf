# Co obserwujemy między listami: jedno zdanie z radą i tabela zmian. Udziały przychodzą jako gotowy tekst, kind to słowo
# na rodzaj zdarzenia.
watch-line = { $advice }: { $reason }.
watch-look_at_data = Zanim zaufasz tej liście, poproś o sprawdzenie danych
watch-retrain = Poproś o przygotowanie prognozy od nowa
watch-recalibrate = Poproś o skorygowanie ogólnego poziomu prognozy
watch-hold = Korzystaj z listy bez zmian
watch-hold-untrusted = Nic nowego nie wymaga działania

watch-because-silent = najnowszy zapis ma już { n-days }
watch-because-gone = od { n-of-days } nie ma zdarzeń „{ $kind }”, choć wcześniej pojawiały się co tydzień
watch-because-gone_for_ever = zdarzeń „{ $kind }” w ogóle nie ma już w danych, choć wcześniej pojawiały się co tydzień
watch-because-fewer = aktywnych klientów jest o { $change } mniej niż ostatnio i niż rok temu, więc może brakować części danych
watch-because-more = aktywnych klientów jest o { $change } więcej niż ostatnio i niż rok temu, więc coś mogło zostać policzone podwójnie
watch-because-missing = { $count ->
    [one] { $count } informacji, którą wcześniej mieliśmy o wszystkich, brakuje u { $share } klientów
    [few] brakuje { $count } informacji, które wcześniej mieliśmy o wszystkich, w najgorszym przypadku u { $share } klientów
   *[many] brakuje { $count } informacji, które wcześniej mieliśmy o wszystkich, w najgorszym przypadku u { $share } klientów
    [other] brakuje { $count } informacji, które wcześniej mieliśmy o wszystkich, w najgorszym przypadku u { $share } klientów
}
watch-because-ranking = ci, którzy odchodzą, rzadziej niż dawniej trafiają na górę listy (na 100 par „jeden odszedł, drugi został” w dobrej kolejności w dniu { $day } było { $right }, a wcześniej { $before })
watch-because-more_left = dwie daty z rzędu odeszło więcej klientów, niż oczekiwaliśmy ({ $left } aktywnych w dniu { $day }, a oczekiwaliśmy od { $low } do { $high })
watch-because-fewer_left = dwie daty z rzędu odeszło mniej klientów, niż oczekiwaliśmy ({ $left } aktywnych w dniu { $day }, a oczekiwaliśmy od { $low } do { $high })
watch-because-more_left_for_now = dwie daty z rzędu odeszło więcej klientów, niż oczekiwaliśmy ({ $left } aktywnych w dniu { $day }, a oczekiwaliśmy od { $low } do { $high }); poprawki według takich dat dotąd nie pomagały, więc na razie traktuj procenty jako raczej zaniżone
watch-because-fewer_left_for_now = dwie daty z rzędu odeszło mniej klientów, niż oczekiwaliśmy ({ $left } aktywnych w dniu { $day }, a oczekiwaliśmy od { $low } do { $high }); poprawki według takich dat dotąd nie pomagały, więc na razie traktuj procenty jako raczej zawyżone
watch-because-drifted = klienci zachowują się inaczej niż wtedy, gdy powstawała prognoza ({ watch-shifted }), i wiadomo już, co się z nimi od tego czasu stało
watch-because-drifted_no_outcomes = klienci zachowują się inaczej niż wtedy, gdy powstawała prognoza ({ watch-shifted }), ale nie wiadomo jeszcze, co z tego wyniknie, więc traktuj procenty ostrożnie
watch-because-scores = zagrożonych klientów jest więcej lub mniej niż wtedy, gdy powstawała prognoza, i wiadomo już, co się z nimi od tego czasu stało
watch-because-scores_no_outcomes = zagrożonych klientów jest więcej lub mniej niż wtedy, gdy powstawała prognoza, ale nie wiadomo jeszcze, co z tego wyniknie, więc traktuj procenty ostrożnie
watch-because-no_outcomes = nie widać nic niezwykłego; nie wiadomo jeszcze, co stało się z klientami z wcześniejszych dat
watch-because-one_date = spośród aktywnych w dniu { $day } odeszło { $left }, a oczekiwaliśmy { $promised }; jedną taką datę może tłumaczyć sezon, liczą się dwie z rzędu
watch-because-as_promised = spośród aktywnych w dniu { $day } odeszło { $left }, a oczekiwaliśmy { $promised }, i poza tym nie widać nic niezwykłego
watch-shifted = { $count ->
    [one] zmienił się { $count } wskaźnik z { $of }
    [few] zmieniły się { $count } wskaźniki z { $of }
   *[many] zmieniło się { $count } wskaźników z { $of }
    [other] zmieniło się { $count } wskaźnika z { $of }
}

watch-title = Co się zmieniło
watch-what = Co obserwujemy
watch-now = Teraz
watch-compare = Dla porównania
watch-customers = Aktywni klienci
watch-on-day = { $value } w dniu { $day }
watch-year-ago = { $value } rok temu
watch-newest = Wiek najnowszego zapisu
watch-left = Odeszli po { $day }
watch-expected = oczekiwano { $promised } (od { $low } do { $high })
watch-pairs = Pary „jeden odszedł, drugi został” w dobrej kolejności
watch-of-100 = { $right } na 100
watch-of-100-before = wcześniej { $right } na 100
watch-behaviour = Wskaźniki zachowania, które się zmieniły
watch-count-of = { $count } z { $of }
watch-same-weeks = Te same tygodnie rok temu: wrócili sami w ciągu { n-of-days }
watch-same-weeks-stayed = Te same tygodnie rok temu: sami zostali na { n-days }
watch-of-group = { $share } z { $customers }
watch-of-overdue = { $share } z { $customers } milczących dłużej niż zwykle
watch-twin-unknown = nie wiadomo: dane obejmują mniej niż dwa lata
