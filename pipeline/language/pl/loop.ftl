# Czy się sprawdziło i czy było warto: rozliczenie poprzednich list i wynik kontaktów.
receipts-title = Czy się sprawdziło?
receipts-none = Żadna lista nie doczekała się jeszcze końca terminu i nie ma wcześniejszej daty do sprawdzenia.
receipts-list = Lista z
receipts-group = Ryzyko
receipts-said = Mówiliśmy
receipts-came = Odeszło
receipts-between = Z uwzględnieniem przypadku
receipts-customers = Klienci
receipts-verdict = Obietnica
receipts-from-to = od { $low } do { $high }
receipts-promised = { $promised } (od { $low } do { $high })
receipts-kept = Dotrzymana
receipts-missed = Niedotrzymana
receipts-fewer = Odeszło mniej
receipts-all = Wszyscy
receipts-alone = Bez kontaktu
receipts-replay = { $day } (odtworzenie)
receipts-about = „Mówiliśmy” to odsetek tych, którzy odeszliby, gdyby z nikim się nie skontaktowano, a w nawiasie zakres, który obietnica dopuszczała. Jest dotrzymana, jeśli odsetek odejść mieści się w tym zakresie; „bez kontaktu” to klienci, z którymi się nie kontaktowano. „Odeszło mniej” oznacza grupy, w których z częścią klientów się kontaktowano: mógł ich zatrzymać kontakt, więc obietnicę ocenia się po klientach bez kontaktu.
receipts-about-replay = „Odtworzenie” oznacza daty sprzed pierwszych list: wszystko policzono na nowo z tego, co było wtedy wiadomo, bez niczego, co przyszło później.
receipt-list = Na liście z { $day } mówiliśmy, że z grupy „{ $band } ryzyko” odejdzie { $promised }; odeszło { $realised } (od { $low } do { $high }), { n-customers }.
receipt-replay = Odtworzenie na { $day }: powiedzielibyśmy, że z grupy „{ $band } ryzyko” odejdzie { $promised }; odeszło { $realised } (od { $low } do { $high }), { n-customers }.
interim-title = Listy, których termin jeszcze trwa
interim-back = Lista z { $day }: po { $weeks } z { $of } tygodni z grupy „{ $band } ryzyko” ({ n-customers }) wróciło { $back }; do tej pory oczekiwano od { $low } do { $high }.
interim-off = Lista z { $day }: po { $weeks } z { $of } tygodni z grupy „{ $band } ryzyko” ({ n-customers }) wróciło { $back }, a oczekiwano od { $low } do { $high }: ta lista się nie sprawdza.
interim-left = Lista z { $day }: po { $weeks } z { $of } tygodni z grupy „{ $band } ryzyko” ({ n-customers }) odeszło { $left }.

five-achieved-kept = Kontakty zatrzymują klientów: spośród tych, z którymi się skontaktowano ({ $contacted }), odeszło { $left_contacted }, w grupie kontrolnej ({ $held }) { $left_held }; na korzyść kontaktów przemawia { n-points } różnicy (od { $low } do { $high }), czyli około { $saved } klientów od { $since }.
five-achieved-lost = Kontakty zniechęcają klientów: spośród tych, z którymi się skontaktowano ({ $contacted }), odeszło { $left_contacted }, w grupie kontrolnej ({ $held }) { $left_held }; przeciw kontaktom przemawia { n-points } różnicy (od { $low } do { $high }), czyli około { $saved } klientów od { $since }. Wstrzymaj wysyłkę i sprawdź, co jest wysyłane.
five-achieved-unclear = Wynik kontaktów nie jest jeszcze udowodniony: spośród tych, z którymi się skontaktowano ({ $contacted }), odeszło { $left_contacted }, w grupie kontrolnej ({ $held }) { $left_held }, a różnicę może wyjaśnić przypadek (od { $low } do { $high } p.p.); aby wykazać efekt 5 punktów, trzeba poczekać jeszcze około { n-weeks }.
five-achieved-unclear-never = Wynik kontaktów nie jest jeszcze udowodniony: spośród tych, z którymi się skontaktowano ({ $contacted }), odeszło { $left_contacted }, w grupie kontrolnej ({ $held }) { $left_held }, a różnicę może wyjaśnić przypadek (od { $low } do { $high } p.p.); przy tak małej grupie kontrolnej efektu 5 punktów nie dałoby się wykazać nawet w dziesięć lat.
five-achieved-split_broken = O wyniku kontaktów nic nie można powiedzieć: do grupy kontrolnej trafiło { $observed } z { $chosen } wybranych klientów, a miało { $expected }; przypadek tego nie wyjaśnia, więc grup nie można porównać. Zespół danych musi znaleźć przyczynę.

achieved-title = Co dały kontakty
achieved-none = Żadna lista z kontaktami nie doczekała się jeszcze końca terminu. Co może wykazać ta lista, napisano wyżej.
achieved-broken = Losowanie nie zostało dotrzymane, więc nie ma wniosków.
achieved-group = Klienci
achieved-contacted = Skontaktowano się
achieved-left = z nich odeszło
achieved-held = Grupa kontrolna
achieved-left-held = z nich odeszło
achieved-more = Więcej pozostało, w punktach
achieved-between = { $value } (od { $low } do { $high })
achieved-all = Wszyscy
achieved-about = Każdy liczy się raz, w grupie z losowania, od { $since }. Pierwszy wiersz jest prawdziwy niezależnie od tego, jak często się na niego patrzy; pozostałe tylko opisują i niczego nie dowodzą, bo jedna z wielu grup wygląda dobrze przez przypadek.
achieved-revenue = W pieniądzach: o { $value } więcej przychodu (od { $low } do { $high }) przy koszcie { $cost }, zostaje { $net }.
achieved-margin = W pieniądzach: o { $value } więcej marży (od { $low } do { $high }) przy koszcie { $cost }, zostaje { $net }.
achieved-cost-only = Kontakty kosztowały dotąd { $cost }; co przyniosły, nie jest pokazane, dopóki nie da się tego odróżnić od przypadku.
achieved-anyway = Z { $offers } wykorzystanych ofert około { $anyway } trafiło do klientów, którzy zostaliby i bez nich.
achieved-reached = Według rejestru rzeczywiście skontaktowano się z { $reached } tych, z którymi należało, i z { $held } grupy kontrolnej.

warning-contacts-holdout_contacted = { $number ->
    [one] Z { $number } klientem z grupy kontrolnej mimo to się skontaktowano
   *[many] Z { $number } klientami z grupy kontrolnej mimo to się skontaktowano
}: wynik kontaktów jest wtedy zaniżony.
warning-contacts-objectors_contacted = { $number ->
    [one] { $number } kontakt dotyczył klienta, który tego nie chce
    [few] { $number } kontakty dotyczyły klientów, którzy tego nie chcą
   *[many] { $number } kontaktów dotyczyło klientów, którzy tego nie chcą
}. Sprawdź, jak do tego doszło.
warning-contacts-drawn_otherwise = { $number ->
    [one] { $number } klient nie jest
    [few] { $number } klienci nie są
   *[many] { $number } klientów nie jest
} w grupie z losowania: ktoś zmienił poprzednią listę ręcznie.
warning-lists-edited = { $number ->
    [one] { $number } poprzednia lista została zmieniona
    [few] { $number } poprzednie listy zostały zmienione
   *[many] { $number } poprzednich list zostało zmienionych
} po publikacji, więc nie wchodzą do rozliczenia.
warning-outcomes-revised = Wynik z poprzednich list zmienił się u { $number ->
    [one] { $number } klienta
   *[many] { $number } klientów
}, bo część zdarzeń dotarła z opóźnieniem.
