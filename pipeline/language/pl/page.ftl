# Strona: najpierw jej pięć zdań. [fewer]: grupa zbyt mała, by pokazać ją na stronie wysyłanej pocztą.
n-customers = { $customers ->
    [fewer] mniej niż { $least } klientów
    [one] { $customers } klient
    [few] { $customers } klientów
   *[many] { $customers } klientów
    [other] { $customers } klienta
}
n-of-customers = { $customers ->
    [fewer] mniej niż { $least } klientów
    [one] { $customers } klienta
   *[many] { $customers } klientów
}
n-with-customers = { $customers ->
    [fewer] z mniej niż { $least } klientami
    [one] z { $customers } klientem
   *[many] z { $customers } klientami
}
n-active = { $customers ->
    [fewer] mniej niż { $least } aktywnych klientów
    [one] { $customers } aktywnego klienta
   *[many] { $customers } aktywnych klientów
}
n-days = { $days ->
    [one] { $days } dzień
    [few] { $days } dni
   *[many] { $days } dni
    [other] { $days } dnia
}
n-weeks = { $weeks ->
    [one] { $weeks } tydzień
    [few] { $weeks } tygodnie
   *[many] { $weeks } tygodni
    [other] { $weeks } tygodnia
}
n-past-dates = { $origins ->
    [one] { $origins } dawnej daty
   *[many] { $origins } dawnych dat
}
n-points = { $points ->
    [one] { $points } punkt procentowy
    [few] { $points } punkty procentowe
   *[many] { $points } punktów procentowych
    [other] { $points } punktu procentowego
}
signed-points = { $change } p.p.
fewer-than = mniej niż { $least }

not-shown = nie pokazano

five-data = Dane sięgają do { $newest } i { $usable } ich wierszy nadaje się do użytku; do { $end } spodziewamy się stracić około { $leavers } z { n-active } (z pewnością 95%: od { $low } do { $high }), przy czym odejście to { $leaving }.
five-data-nobody = Dane sięgają do { $newest } i { $usable } ich wierszy nadaje się do użytku; nie ma aktywnych klientów, więc do { $end } nie ma kogo stracić, przy czym odejście to { $leaving }.
leaving-inactivity = { n-days } bez żadnej aktywności ({ $activity }), licząc od { $start }
leaving-cancellation = rezygnacja w ciągu { n-of-days }, licząc od { $start }
leaving-lapse = brak odnowienia w ciągu { n-of-days } od { $start }, nawet z opóźnieniem o { n-grace }
n-of-days = { $days ->
    [one] { $days } dnia
   *[many] { $days } dni
}
n-grace = { $grace ->
    [one] { $grace } dzień
   *[many] { $grace } dni
}

five-contact = Skontaktuj się w tym tygodniu { n-with-customers } { $when } ({ $stake }); pozostałych nie niepokój: { $left }.
five-contact-all = Skontaktuj się w tym tygodniu { n-with-customers } { $when } ({ $stake }); nikt inny z zagrożonych odejściem nie został pominięty.
five-contact-nobody = W tym tygodniu nie trzeba się z nikim kontaktować; nie niepokój: { $left }.
five-contact-nobody-at-all = W tym tygodniu nie trzeba się z nikim kontaktować, bo nikomu nie grozi odejście.
when-one = do { $last }
when-two = – z pierwszymi do { $first }, z ostatnimi do { $last }
stake-revenue = zagrożony przychód: { $amount }
stake-margin = zagrożona marża: { $amount }
stake-hidden = dla tak małej grupy kwoty nie pokazujemy
stake-unknown = kwot nie pokazujemy: { $why }; zamiast wartości liczy się częstość aktywności
withheld-no_amounts = w danych ich nie ma
withheld-too_few = kupujących jest za mało, by przewidzieć ich wydatki
withheld-not_better_than_last_period = nasza prognoza wydatków nie jest lepsza niż powtórzenie poprzedniego okresu
withheld-not_better_than_bgnbd_gamma_gamma = nasza prognoza wydatków nie jest lepsza niż prosta prognoza podręcznikowa
withheld-total_off = w dawnych datach nasza prognoza wydatków rozminęła się z ich sumą
left-holdout = grupa kontrolna do pomiaru efektu kontaktów – { $customers ->
    [fewer] mniej niż { $least }
    [some] liczby nie podajemy
   *[other] { $customers }
}
left-cool_down = kontakt lub grupa kontrolna w ciągu ostatnich { n-of-days } – { $customers ->
    [fewer] mniej niż { $least }
    [some] liczby nie podajemy
   *[other] { $customers }
}
left-over_capacity = ponad możliwości zespołu w tym tygodniu – { $customers ->
    [fewer] mniej niż { $least }
    [some] liczby nie podajemy
   *[other] { $customers }
}
left-objected = nie życzą sobie kontaktu – { $customers ->
    [fewer] mniej niż { $least }
    [some] liczby nie podajemy
   *[other] { $customers }
}
left-value_below_cost = kontakt się nie opłaca – { $customers ->
    [fewer] mniej niż { $least }
    [some] liczby nie podajemy
   *[other] { $customers }
}

n-contacts = { $capacity ->
    [one] { $capacity } kontakcie
   *[many] { $capacity } kontaktach
}
five-rule-more = Przy { n-contacts } ta lista znajduje { $model } odchodzących klientów, a dzisiejsza reguła (cisza od co najmniej { n-of-days }) { $rule }: o { $more } więcej (z pewnością 95%: od { $low } do { $high } więcej), średnio z { n-past-dates }.
five-rule-fewer = Przy { n-contacts } ta lista znajduje { $model } odchodzących klientów, a dzisiejsza reguła (cisza od co najmniej { n-of-days }) { $rule }: o { $more } mniej (z pewnością 95%: od { $low } do { $high } mniej), średnio z { n-past-dates }, więc lepiej użyj reguły.
five-rule-same = Przy { n-contacts } ta lista znajduje { $model } odchodzących klientów, a dzisiejsza reguła (cisza od co najmniej { n-of-days }) { $rule }, średnio z { n-past-dates }: różnicy nie wykazano, może ją tłumaczyć przypadek (od { $low } do { $high }).
five-rule-unknown = Nie wiadomo jeszcze, czy ta lista znajduje więcej odchodzących niż dzisiejsza reguła: nie ma dawnej daty o znanym wyniku, na której można by je porównać.

five-said-test-kept = W próbie na dzień { $day }, ostatni o znanym wyniku, zapowiedzieliśmy odejście { $promised } z { n-of-customers }, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica została dotrzymana; ocena { $letter }: { $why }.
five-said-test-missed = W próbie na dzień { $day }, ostatni o znanym wyniku, zapowiedzieliśmy odejście { $promised } z { n-of-customers }, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica nie została dotrzymana; ocena { $letter }: { $why }.
five-said-list-kept = Na liście z dnia { $day } zapowiedzieliśmy odejście { $promised } z { n-of-customers }, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica została dotrzymana; ocena { $letter }: { $why }.
five-said-alone-kept = Na liście z dnia { $day } zapowiedzieliśmy odejście { $promised } z { n-of-customers } bez kontaktu, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica została dotrzymana; ocena { $letter }: { $why }.
five-said-list-missed = Na liście z dnia { $day } zapowiedzieliśmy odejście { $promised } z { n-of-customers }, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica nie została dotrzymana; ocena { $letter }: { $why }.
five-said-alone-missed = Na liście z dnia { $day } zapowiedzieliśmy odejście { $promised } z { n-of-customers } bez kontaktu, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica nie została dotrzymana; ocena { $letter }: { $why }.
five-said-nothing = Żadna z naszych obietnic nie miała jeszcze terminu; ocena { $letter }: { $why }.
five-said-no-grade = Żadna z naszych obietnic nie miała jeszcze terminu i nie ma jeszcze oceny.
grade-beats = prognoza jest lepsza niż { $best }
grade-level = { $best } – wynik byłby równie dobry
grade-worse = { $best } – wynik byłby lepszy
grade-unknown = prognozy nie dało się porównać ({ $best })
grade-close = zapowiedzi i wyniki różnią się średnio o { n-points }, co może tłumaczyć przypadek
grade-near = zapowiedzi i wyniki różnią się średnio tylko o { n-points }
grade-off = zapowiedzi i wyniki różnią się średnio o { n-points }, więcej, niż tłumaczy przypadek
grade-why = { $against }, a { $held }
grade-why-few = { $against }, { $held }, a na większą pewność klientów jest jeszcze za mało
best-base_rate = jeden odsetek dla wszystkich
best-recency_rule = reguła „cisza od co najmniej { n-of-days }”
best-rfm_logistic = prosta punktacja świeżości, częstości i wydatków
best-bgnbd = podręcznikowa prognoza ponownych zakupów

five-achieved-not_proven = Efekt kontaktów nie jest jeszcze dowiedziony: przy { $contact } w kontakcie i { $holdout } w grupie kontrolnej ta lista może go pokazać tylko wtedy, gdy kontakty obniżą odsetek odchodzących (spodziewany: { $rate }) o co najmniej { n-points }, a na połowę tego trzeba takich list przez około { n-weeks }.
five-achieved-not_proven-never = Efekt kontaktów nie jest jeszcze dowiedziony: przy { $contact } w kontakcie i { $holdout } w grupie kontrolnej ta lista może go pokazać tylko wtedy, gdy kontakty obniżą odsetek odchodzących (spodziewany: { $rate }) o co najmniej { n-points }, a połowy tego nie pokazałoby nawet dziesięć lat takich list.
five-achieved-no_holdout = Efekt kontaktów nie jest dowiedziony i ta lista go nie dowiedzie: potrzeba i tych, z którymi się skontaktowano, i grupy kontrolnej, a tu w kontakcie jest { $contact }, w grupie kontrolnej { $holdout }.

# Strona wokół zdań.
page-title = Klienci zagrożeni odejściem: lista z { $day }
page-label = Dane osobowe, do użytku wewnętrznego
page-label-mailed = Bez pojedynczych klientów i bez grup mniejszych niż { $least }
page-valid = Ważna do { $until }. Chodzi o ryzyko odejścia do { $end }.
page-stale = Lista nieaktualna
page-stale-text = Ta lista była ważna do { $since }. Nowszej nie opublikowano, bo nie przeszła kontroli ({ $failed }). Nie kontaktuj się z nikim z tej listy, zanim nie sprawdzi jej zespół danych.
page-expired = Lista po terminie
page-expired-text = Ta lista była ważna do { $until }. Weź następną.
page-skip = Przejdź do listy
page-skip-content = Przejdź do odpowiedzi
page-warnings = Warto wiedzieć
check-freshness = dane są za stare
check-population = liczba klientów gwałtownie się zmieniła
check-bands = udziały wysokiego, średniego i niskiego ryzyka gwałtownie się zmieniły
check-duplicates = klienci występują dwa razy
check-complete = brakuje klientów
check-probabilities = niemożliwe prawdopodobieństwa odejścia
check-suppression = w kontakcie znalazłby się ktoś, z kim kontaktować się nie wolno
check-sums = liczby się nie zgadzają
check-not_older = byłaby starsza niż obecna
check-not_all_equal = wszyscy klienci mają tę samą szansę odejścia
check-objectors = są na niej osoby, które sprzeciwiły się profilowaniu
check-manifest = pliki są uszkodzone

page-questions = Pięć pytań, pięć odpowiedzi
question-data = Ilu klientów stracimy?
question-contact = Z kim się skontaktować i do kiedy?
question-rule = Czy to lepsze od dzisiejszej reguły?
question-said = Czy sprawdziło się to, co mówiliśmy?
question-achieved = Co dały kontakty?

tile-customers = Aktywni klienci
tile-customers-inactivity = oprócz nich { $lapsed } już zamilkło
tile-customers-cancellation = oprócz nich { $lapsed } już zrezygnowało
tile-customers-lapse = oprócz nich { $lapsed } już nie odnowiło
tile-band = { $band } ryzyko
tile-band-note = do kontaktu: { $contact }
tile-revenue = Zagrożony przychód
tile-margin = Zagrożona marża
tile-value-note = jeśli nic nie zrobimy, do { $end }
tile-value-none = bez kwoty
tile-leavers = Spodziewane odejścia
tile-leavers-value = ≈ { $leavers }
tile-leavers-note = od { $low } do { $high }, do { $end }
tile-promise = Ostatnia obietnica
tile-promise-kept = Dotrzymana
tile-promise-missed = Niedotrzymana
tile-promise-none = Jeszcze bez terminu
tile-promise-note = miało być { $promised }, było { $realised }

plot-risk = Jak rozkłada się ryzyko
plot-risk-about = Słupki: aktywni klienci według szansy odejścia. Linie przerywane: początek średniego i wysokiego ryzyka.
plot-customers = Klienci
plot-revenue = Gdzie leży zagrożony przychód
plot-margin = Gdzie leży zagrożona marża
plot-frequency = Gdzie są klienci
plot-hidden = Słupków dla mniej niż { $least } klientów i tych, z których dałoby się je wyliczyć, nie narysowano.
plot-numbers = Liczby
plot-chance = Szansa odejścia
plot-range = od { $from } do { $to }

list-title = Początek listy
list-caption = Klienci, od najpilniejszych
list-all = Cała lista ({ n-customers }), od najpilniejszych.
list-top = Najpilniejsi ({ $shown }) z całej listy ({ n-customers }), żeby strona otwierała się od razu; wszyscy są w skoroszycie i w plikach kontaktów.
list-filter = Szukanie i filtry
list-search = Znajdź klienta
list-any = Wszyscy
list-yes = Tak, do kontaktu
list-no = Nie, zostaw w spokoju
list-sort = Sortuj według
list-reset = Wyczyść
list-found = Znalezieni klienci: { $found }. Do kontaktu: { $yes }. Zostaw w spokoju: { $no }.
list-warning = Uwaga: wśród znalezionych bez kontaktu ma zostać { $no }, w tym grupa kontrolna: { $holdout }. Do pliku nie trafią.
list-warning-others = Wśród znalezionych bez kontaktu ma zostać { $no }. Do pliku nie trafią.
list-download = Pobierz do kontaktu: { $yes } (CSV)
list-download-about = W pliku są tylko ci ze znalezionych, z którymi trzeba się skontaktować: numer klienta bez zmian, działanie, kanał, termin, ryzyko, segment i główny powód.
list-stale-download = Niedostępne: lista jest nieaktualna.
list-more = Pokaż więcej
list-empty = Żaden klient nie pasuje.
list-empty-here = Żaden klient na tej stronie nie pasuje. Pozostali klienci z listy są w skoroszycie.
list-no-customers = Na tej liście nie ma klientów.
list-nojs = Szukanie, filtry i pobieranie wymagają JavaScriptu. Bez niego widać tylko początek ({ n-customers }).
list-details = Szczegóły
list-why = Dlaczego
list-act = Co zrobić
list-activity = Aktywność w ostatnich 52 tygodniach
list-activity-sum = Zdarzenia: { $events }; tygodnie z aktywnością: { $active } z 52
list-ago = 52 tygodnie temu
list-now = teraz

why-title = Dlaczego – łącznie
why-about = Klienci wysokiego ryzyka, każdy liczony raz, według głównego powodu.
why-reason = Główny powód
why-high = Ich udział
why-revenue = Zagrożony przychód
why-margin = Zagrożona marża
why-value = Udział w kwocie
why-none = Dla tej listy nie wyliczono powodów.
why-nobody = W tym tygodniu nikt nie ma wysokiego ryzyka. Powody dla poszczególnych klientów, o ile są znane, podaje sama lista.

moves-title = Od listy z { $day }
moves-none-title = Od ostatniego razu
moves-none = Nie ma wcześniejszej listy do porównania.
moves-what = Co się stało
moves-new = Nowi na liście
moves-back = Znów na liście
moves-left = Nie ma ich już na liście
moves-up = Ryzyko wzrosło
moves-down = Ryzyko spadło
moves-same = Bez zmian
moves-contacted = Byli do kontaktu
moves-causes = Dlaczego ryzyko wzrosło albo spadło
moves-cause = Przyczyna
moves-banded-up = Wzrosło
moves-banded-down = Spadło
cause-data = To, co klienci zrobili albo przestali robić
cause-model = Nowsza prognoza
cause-calibration = Prognoza dopasowana na nowo do wyników
cause-cut = Zmienione zasady dla wysokiego, średniego i niskiego
moves-mean = Średnio szansa odejścia zmieniła się o { $change } p.p.: { $data } przez klientów, { $model } przez nowszą prognozę, { $calibration } przez nowe dopasowanie.
moves-mean-only = Średnio szansa odejścia zmieniła się o { $change } p.p. w tydzień.

week-title = Ten tydzień
contact-title = Z kim się skontaktować
contact-action = Działanie
contact-by = Do
contact-expected = Spodziewane odejścia
contact-revenue = Zagrożony przychód
contact-margin = Zagrożona marża
contact-all = Wszyscy do kontaktu
left-title = Kogo zostawić w spokoju i dlaczego
left-why = Powód
left-customers = Klienci
left-band = Ryzyko

contact-pays = Opłaca się, gdy zatrzyma
contact-one-in = 1 na { $one_in }
cut-title = Jak ta lista wybiera i kiedy to się opłaca
cut-bands = Średnie ryzyko zaczyna się od { $medium }, wysokie od { $high }. Klient opuszcza grupę ryzyka dopiero wtedy, gdy szansa spadnie o { n-points } poniżej jej granicy, żeby nikt nie przeskakiwał tam i z powrotem.
cut-probability = Kontakt ze wszystkimi, dla których plan działań coś przewiduje, na ile pozwala tydzień zespołu.
cut-capacity = Kontakt z tymi, u których wśród wysokiego i średniego ryzyka zagrożona jest największa kwota: { $capacity }.
cut-cost = Kontakt tam, gdzie spodziewamy się, że się opłaci.
cut-pays = Kontakt się opłaca, jeśli zatrzyma 1 na { $one_in } tych, którzy inaczej by odeszli ({ $rate }).
cut-costs-nothing = Kontakt nic nie kosztuje, więc opłaca się przy każdym wyniku.
cut-never-pays = Przy takich kosztach kontakt nie może się opłacić, ilu by nie zatrzymał.
cut-pays-unknown = Bez kwot nie da się powiedzieć, kiedy kontakt się opłaca.
cut-assumed = Założenie, nie pomiar: kontakt zatrzymuje { $rate } z nich. Koszty: kontakt { $contact }, oferta { $offer }; zakładamy, że skorzysta z niej każdy, kto zostanie.
cut-point = Jeden punkt utrzymania (na każdych 100 klientów zostaje o jednego więcej) jest wart { $amount } w czasie do { $end }.
cut-once = Listy z sąsiednich tygodni mówią o tych samych klientach i miesiącach: nigdy nie sumuj ich kwot.
cut-too-many = Wysokie ryzyko ma { $share } wszystkich klientów, do tylu nikt nie zadzwoni. Jak wybrać mniej:
cut-propose-high = niech wysokie zaczyna się od { $edge }: { n-customers }
cut-propose-capacity = kontakt tylko z tymi, u których zagrożona jest największa kwota: { $capacity }
holdout-title = Grupa kontrolna
holdout-about = { $share } tych, z którymi należałoby się skontaktować, wybrał los i zostają w spokoju, żeby było widać, co dają kontakty. Nowe losowanie: { $next }.
holdout-about-fixed = { $share } tych, z którymi należałoby się skontaktować, wybrał los i zostają w spokoju, żeby było widać, co dają kontakty.
holdout-held = Bez kontaktu
holdout-contact = Do kontaktu

words-title = Co znaczą słowa
word-leaving = Odejście
word-active = Aktywny klient
word-active-inactivity = Ktoś, kto był aktywny w ciągu { n-of-days } przed { $day }. Inni już zamilkli i nie ma ich na liście.
word-active-cancellation = Ktoś, kto dołączył przed { $day } i nie zrezygnował. Innych nie ma na liście.
word-active-lapse = Ktoś, komu przed { $day } nie wygasło ostatnie odnowienie, z dopuszczalnym opóźnieniem włącznie. Innych nie ma na liście.
word-chance = Szansa odejścia
word-chance-text = Ze 100 klientów z szansą 70% odchodzi około 70.
word-bands = Wysokie, średnie, niskie ryzyko
word-tiers = VIP, standardowy, mały
word-tiers-money = Według spodziewanych wydatków: górne { $vip } to VIP, dolne { $small } to mali.
word-tiers-frequency = Według częstości aktywności: górne { $vip } to VIP, dolne { $small } to mali.
word-value = Zagrożona wartość
word-revenue-text = Szansa odejścia razy przychód spodziewany do { $end }, jeśli klient zostanie.
word-margin-text = Szansa odejścia razy marża spodziewana do { $end }, jeśli klient zostanie.
word-unknown-text = Nie pokazujemy: { $why }. Zamiast niej liczy się częstość aktywności.
word-holdout = Grupa kontrolna
word-holdout-text = Wybrani losem i bez kontaktu, jakiekolwiek jest ryzyko: tylko porównanie z nimi pokaże, co dają kontakty.
word-promise = Od … do …
word-promise-text = Na 19 z 20 list wynik leży między tymi dwiema liczbami.

page-footer = Prognoza { $version }, dane do { $newest }. Plik nie potrzebuje sieci i niczego nie wysyła.

warning-few-customers = Na prognozę klientów jest mało ({ n-customers }): lista może się zmieniać bardziej niż zwykle.
warning-change-model-gone = Wcześniejszej prognozy już nie ma, więc nie wiadomo, dlaczego zmieniły się szanse odejścia.
warning-change-model-unable = Wcześniejsza prognoza nie odczyta dzisiejszych danych, więc nie wiadomo, dlaczego zmieniły się szanse odejścia.
