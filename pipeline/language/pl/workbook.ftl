# Skoroszyt (pierwszy arkusz, uwagi do listy, definicje) i opis kolumn.
workbook-sheet-summary = Podsumowanie
workbook-sheet-list = Lista
workbook-sheet-definitions = Definicje
workbook-title = Z kim się skontaktować: lista na { $day }
workbook-personal = Dane osobowe, tylko do użytku wewnętrznego: proszę nie przekazywać ich poza firmę.
workbook-page = Strona { $page } z { $pages }

workbook-stale = NIEAKTUALNA: to lista na { $day }, ważna do { $until }, a nowszej nie udało się wydać. Proszę z nikim z niej się nie kontaktować i zwrócić się do zespołu danych.

workbook-ask-first = Z kim najpierw?
workbook-ask-not = Z kim nie i dlaczego?
workbook-ask-until = Do kiedy?
workbook-ask-stake = Ile jest zagrożone?
workbook-ask-fresh = Czy lista jest aktualna?
workbook-first =
    { $customers ->
        [0] Z nikim: w tym tygodniu nie trzeba się z nikim kontaktować.
        [one] { $customers } klient: wiersz z wartością „{ $yes }” w kolumnie „{ $column }” w arkuszu „{ $sheet }”.
        [few] { $customers } klientów: wiersze z wartością „{ $yes }” w kolumnie „{ $column }” w arkuszu „{ $sheet }”, od góry do dołu. Pierwsi z nich są pokazani niżej.
        [many] { $customers } klientów: wiersze z wartością „{ $yes }” w kolumnie „{ $column }” w arkuszu „{ $sheet }”, od góry do dołu. Pierwsi z nich są pokazani niżej.
       *[other] { $customers } klienta: wiersze z wartością „{ $yes }” w kolumnie „{ $column }” w arkuszu „{ $sheet }”, od góry do dołu. Pierwsi z nich są pokazani niżej.
    }
workbook-first-stale = Z nikim: lista jest nieaktualna.
workbook-not =
    { $customers ->
        [0] Można się kontaktować ze wszystkimi na liście.
        [one] { $customers } klient z oznaczeniem „{ $no }”: { $reasons }.
        [few] { $customers } klientów z oznaczeniem „{ $no }”: { $reasons }.
        [many] { $customers } klientów z oznaczeniem „{ $no }”: { $reasons }.
       *[other] { $customers } klienta z oznaczeniem „{ $no }”: { $reasons }.
    }
workbook-until = { $actions }. Sama lista jest ważna do { $until }.
workbook-until-stale = Termin minął: lista była ważna do { $until }.
workbook-until-nothing = Lista jest ważna do { $until }.
workbook-stake =
    { $unit ->
        [margin] { $contact } marży u klientów do kontaktu, { $all } na całej liście (szansa odejścia razy oczekiwana marża).
       *[revenue] { $contact } przychodu u klientów do kontaktu, { $all } na całej liście (szansa odejścia razy oczekiwane zakupy).
    }
workbook-stake-unknown =
    { $why ->
        [no_amounts] Nie wiadomo: w danych nie ma kwot. Wartość klienta oceniamy po tym, jak często jest aktywny.
       *[withheld] Nie pokazujemy: prognoza zakupów nie jest jeszcze dość dobra. Wartość klienta oceniamy po tym, jak często jest aktywny.
    }
workbook-fresh = Lista na { $day }, uwzględnia wszystko, co wiadomo do { $newest } włącznie. Można z niej korzystać do { $until }, potem proszę otworzyć następną.
workbook-fresh-stale = Nie. Była ważna do { $until }, a nowszej nie udało się wydać.

workbook-start-here = Z kim skontaktować się najpierw
workbook-contact = Z kim się skontaktować, według działań
workbook-total = Razem
workbook-customers = Klienci
workbook-to-contact = Do kontaktu
workbook-expected = Spodziewane odejścia
workbook-at-least = co najmniej
workbook-at-most = co najwyżej
workbook-nobody = W tym tygodniu z nikim.
workbook-not-title = Z kim się nie kontaktować i dlaczego
workbook-not-listed = Spoza listy
workbook-reason = Dlaczego
workbook-meaning = Co to znaczy
workbook-why-low = Niskie ryzyko i klient spoza najcenniejszych: plan nic dla nich nie przewiduje.
workbook-why-over_capacity = Jest ich więcej, niż zespół obsłuży w tym tygodniu; ci, u których zagrożona kwota jest mniejsza, poczekają.
workbook-why-holdout = Wylosowani. Porównanie z nimi pokaże, co dają kontakty, dlatego proszę zostawić ich całkiem w spokoju.
workbook-why-objected = Nie życzą sobie kontaktu.
workbook-why-cool_down = Niedawno był z nimi kontakt albo trafili wtedy do grupy kontrolnej; nie kontaktuj się z nimi, dopóki nie przyjdzie ich kolej.
workbook-why-value_below_cost = Kontakt kosztowałby więcej, niż może przynieść.
workbook-objected-to-profiling = Sprzeciw wobec oceny
workbook-objected-to-profiling-meaning = Nie są oceniani i nie ma ich na liście.
workbook-already-left = Odeszli wcześniej
workbook-already-left-inactivity = Nieaktywni zbyt długo, by uważać ich za klientów, którzy mogą jeszcze odejść.
workbook-already-left-cancellation = Już zrezygnowali.
workbook-already-left-lapse = Ostatnie odnowienie wygasło, a nowe nie nastąpiło na czas.

workbook-risk = Czego się spodziewamy, według ryzyka
workbook-risk-note = Z 20 takich oczekiwań 19 powinno zmieścić się między „{ $low }” a „{ $high }”. Liczymy klientów, którzy odejdą do { $day }.
workbook-all = Wszyscy
workbook-tiers = Według wartości
workbook-moves = W porównaniu z listą na { $day }
workbook-moves-none = To pierwsza lista: nie ma jeszcze z czym jej porównać.
workbook-moves-new = Nowi na liście
workbook-moves-back = Znów na liście
workbook-moves-left = Już nie na liście
workbook-moves-up = Ryzyko wyższe niż wcześniej
workbook-moves-down = Ryzyko niższe niż wcześniej
workbook-moves-same = Ryzyko bez zmian
workbook-moves-contacted = Do kontaktu z poprzedniej listy
workbook-moves-by-data = w tym przez własne zachowanie
workbook-moves-by-model = przez nową prognozę
workbook-moves-by-cut = przez zasady poziomów ryzyka
workbook-moves-by-unknown = z nieznanych powodów

workbook-pays-title = Kiedy kontakt się opłaca
workbook-pays = Przy koszcie { $contact } za kontakt i { $offer } za ofertę opłaca się, jeśli uda się zatrzymać 1 na { $one_in } osób, które inaczej by odeszły ({ $share }).
workbook-pays-never = Przy koszcie { $contact } za kontakt i { $offer } za ofertę kontakt z tymi klientami nie może się opłacić, niezależnie od tego, ilu uda się zatrzymać.
workbook-pays-unknown = Nie da się policzyć, czy kontakt się opłaca, bo nie znamy kwot.
workbook-pays-assumed = ZAŁOŻENIE, jeszcze niezmierzone: kontakt zatrzymuje { $share } osób, które inaczej by odeszły. { $pays ->
        [yes] Jeśli to prawda, kontakt się opłaca.
       *[no] Jeśli to prawda, kontakt się nie opłaca.
    }
workbook-point =
    { $unit ->
        [margin] Gdyby odszedł o jeden klient na stu mniej, byłoby to warte { $amount } marży do { $day }.
       *[revenue] Gdyby odszedł o jeden klient na stu mniej, byłoby to warte { $amount } przychodu do { $day }.
    }
workbook-overlap = Kwoty z list z kolejnych tygodni się pokrywają: nigdy nie należy ich sumować.

workbook-holdout-title = Kogo zostawić w spokoju
workbook-holdout =
    { $customers ->
        [0] W tym tygodniu nikogo nie ma w grupie kontrolnej.
        [one] { $customers } klient trafił losowo do grupy kontrolnej ({ $share } osób do kontaktu). Nie wolno się z nim kontaktować, żeby było widać, co dają kontakty.
        [few] { $customers } klientów trafiło losowo do grupy kontrolnej ({ $share } osób do kontaktu). Nie wolno się z nimi kontaktować, żeby było widać, co dają kontakty.
        [many] { $customers } klientów trafiło losowo do grupy kontrolnej ({ $share } osób do kontaktu). Nie wolno się z nimi kontaktować, żeby było widać, co dają kontakty.
       *[other] { $customers } klienta trafiło losowo do grupy kontrolnej ({ $share } osób do kontaktu). Nie wolno się z nimi kontaktować, żeby było widać, co dają kontakty.
    }
workbook-holdout-until = Nowe losowanie: { $day }.
workbook-filter = Aby wybrać osoby do kontaktu, proszę filtrować kolumnę „{ $column }” według „{ $yes }”. Nigdy samą kolumnę „{ $band }”: wśród klientów o wysokim i średnim ryzyku jest grupa kontrolna i osoby, które nie życzą sobie kontaktu.
workbook-held-back = W grupie kontrolnej
workbook-sentences = Ta lista w pięciu zdaniach
workbook-remarks = Uwagi

workbook-most-urgent = Arkusz nie pomieści więcej: tu są najpilniejsi klienci, { $rows } z { $all }; wszyscy są w plikach risk_list.csv i risk_list.parquet.
workbook-grouped = Znak plus nad ostatnią kolumną otwiera pozostałe kolumny.
workbook-frequency = Nie znamy kwot, dlatego nie ma dla nich kolumny; zastępuje je to, jak często klient jest aktywny.

workbook-words = Pojęcia
workbook-leave = Odejście
workbook-leave-inactivity =
    { $days ->
        [one] Klient odszedł, jeśli nie jest aktywny ({ $activity }) przez { $days } dzień, do { $day }.
        [few] Klient odszedł, jeśli nie jest aktywny ({ $activity }) przez { $days } dni, do { $day }.
        [many] Klient odszedł, jeśli nie jest aktywny ({ $activity }) przez { $days } dni, do { $day }.
       *[other] Klient odszedł, jeśli nie jest aktywny ({ $activity }) przez { $days } dnia, do { $day }.
    }
workbook-leave-cancellation =
    { $days ->
        [one] Klient odszedł, jeśli zrezygnuje w ciągu { $days } dnia, do { $day }.
        [few] Klient odszedł, jeśli zrezygnuje w ciągu { $days } dni, do { $day }.
        [many] Klient odszedł, jeśli zrezygnuje w ciągu { $days } dni, do { $day }.
       *[other] Klient odszedł, jeśli zrezygnuje w ciągu { $days } dnia, do { $day }.
    }
workbook-leave-lapse =
    { $days ->
        [one] Klient odszedł, jeśli w ciągu { $days } dnia, do { $day }, mija termin odnowienia, a odnowienie nie następuje.
        [few] Klient odszedł, jeśli w ciągu { $days } dni, do { $day }, mija termin odnowienia, a odnowienie nie następuje.
        [many] Klient odszedł, jeśli w ciągu { $days } dni, do { $day }, mija termin odnowienia, a odnowienie nie następuje.
       *[other] Klient odszedł, jeśli w ciągu { $days } dnia, do { $day }, mija termin odnowienia, a odnowienie nie następuje.
    }
workbook-listed = Kto jest na liście
workbook-listed-cancellation = Klienci, którzy do tego dnia dołączyli i nie zrezygnowali.
workbook-listed-lapse = Klienci, którym do tego dnia nie wygasło ostatnie odnowienie, z dopuszczalnym opóźnieniem włącznie.
workbook-listed-inactivity =
    { $days ->
        [one] Klienci aktywni w ciągu ostatniego { $days } dnia.
        [few] Klienci aktywni w ciągu ostatnich { $days } dni.
        [many] Klienci aktywni w ciągu ostatnich { $days } dni.
       *[other] Klienci aktywni w ciągu ostatniego { $days } dnia.
    }
workbook-read = Jak czytać szansę odejścia
workbook-read-meaning = Na 100 klientów z szansą 70% około 70 odejdzie, a 30 zostanie. O pojedynczym kliencie nie mówi to nic pewnego.
workbook-band-high = Szansa odejścia { $high } lub więcej.
workbook-band-medium = Szansa odejścia co najmniej { $medium }, ale poniżej { $high }.
workbook-band-low = Szansa odejścia poniżej { $medium }.
workbook-band-leave = Żeby ryzyko znów spadło, szansa musi być wyraźnie poniżej granicy: o więcej niż { $points } p.p.
workbook-tier-vip = { $share } klientów o najwyższej wartości.
workbook-tier-regular = Klienci pomiędzy.
workbook-tier-small = { $share } klientów o najniższej wartości.
workbook-actions = Działania
workbook-action-channel = Kanał: { $channel }.
workbook-action-within =
    { $days ->
        [0] Tego samego dnia.
        [one] W ciągu { $days } dnia.
        [few] W ciągu { $days } dni.
        [many] W ciągu { $days } dni.
       *[other] W ciągu { $days } dnia.
    }
workbook-action-capacity =
    { $customers ->
        [one] Najwyżej { $customers } klient tygodniowo.
        [few] Najwyżej { $customers } klientów tygodniowo.
        [many] Najwyżej { $customers } klientów tygodniowo.
       *[other] Najwyżej { $customers } klienta tygodniowo.
    }
workbook-columns = Kolumny
workbook-column = Kolumna
workbook-name-in-files = Nazwa w plikach
workbook-empty = Gdy puste
workbook-unit = Jednostka
workbook-values = Wartości

workbook-unit-text = tekst
workbook-unit-number = liczba
workbook-unit-days = dni
workbook-unit-date = data (rok-miesiąc-dzień)
workbook-unit-share = udział od 0 do 1
workbook-unit-points = udział od -1 do 1 (0,05 to 5 punktów procentowych)
workbook-unit-amount = kwota
workbook-unit-amount-in = kwota w { $currency }
workbook-unit-value = jedna z podanych wartości
workbook-unit-weeks = 52 liczby, tylko w risk_list.parquet

workbook-empty-never = nigdy puste
workbook-empty-why_not = do kontaktu w tym tygodniu
workbook-empty-amount = nie znamy kwot
workbook-empty-nothing = nie trzeba nic robić
workbook-empty-reason = nie ma dalszego powodu
workbook-empty-uncertain = nic nie podważa szansy
workbook-empty-first = nie ma wcześniejszej listy
workbook-empty-before = klienta nie było na poprzedniej liście
workbook-empty-part = klienta nie było na poprzedniej liście albo części nie da się rozdzielić
workbook-empty-listed_since = ryzyko jest niskie
workbook-empty-last_contact = nie wiadomo o żadnym kontakcie
workbook-empty-last_chosen = o ile wiadomo, jeszcze nie wybrano
workbook-empty-gap = mniej niż dwa aktywne dni
workbook-empty-shown = nie wiadomo
workbook-about-shown = Kolumna z własnych danych firmy, pokazana bez zmian.

workbook-file-contact = Do narzędzi mailingowych i telefonicznych: tylko klienci do kontaktu w ten sposób, numery dokładnie takie jak w danych. Proszę nie otwierać w arkuszu kalkulacyjnym: może wziąć numer za formułę albo zgubić zera na początku.
workbook-file-preset = Do importu w { $tool }: tylko klienci do kontaktu, numery dokładnie takie jak w danych. Proszę nie otwierać w arkuszu kalkulacyjnym.
workbook-file-csv = Do arkuszy kalkulacyjnych: apostrof przed tekstem nie pozwala wziąć go za formułę. Excel gubi zera na początku numerów w plikach CSV; skoroszyt je zachowuje.
workbook-file-parquet = Do programów: wszystko, bez zmian.
