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
fewer-than = mniej niż { $least }

hidden = nie pokazano

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
left-cool_down = kontakt w ciągu ostatnich { n-of-days } – { $customers ->
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
five-said-list-missed = Na liście z dnia { $day } zapowiedzieliśmy odejście { $promised } z { n-of-customers }, a odeszło { $realised } (z poprawką na przypadek od { $low } do { $high }), więc obietnica nie została dotrzymana; ocena { $letter }: { $why }.
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
