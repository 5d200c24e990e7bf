# Kogo zatrzymują kontakty i czy lista jest według tego ułożona.
uplift-too_few = Nie można jeszcze powiedzieć, kogo zatrzymują kontakty. Na listach, których termin minął, skontaktowano się z klientami: { $contact } (z nich odeszło: { $left_contact }); w grupie kontrolnej: { $holdout } (odeszło: { $left_holdout }). Potrzeba co najmniej { $min_contact } i { $min_holdout }, a w każdej grupie co najmniej { $min_leavers } osób, które odeszły.
uplift-split_broken = Kogo zatrzymują kontakty, nie jest oceniane, bo losowanie nie zostało dotrzymane.
uplift-no_money = Kogo zatrzymują kontakty, nie jest oceniane, bo na wcześniejszych listach nie było kwot.
uplift-better = Bardziej opłaca się kontaktować najpierw z tymi, których kontakt zatrzyma: wśród pierwszych { $share } wcześniejszych kontaktów dało to { $saved } na klienta (od { $saved_low } do { $saved_high }), a zwykła kolejność { $risk }. To o { $more } więcej (od { $low } do { $high }).
uplift-unclear = Nie udowodniono, że bardziej opłaca się kontaktować najpierw z tymi, których kontakt zatrzyma: wśród pierwszych { $share } wcześniejszych kontaktów dało to { $saved } na klienta (od { $saved_low } do { $saved_high }), a zwykła kolejność { $risk }. Różnicę { $more } (od { $low } do { $high }) może wyjaśnić przypadek.
uplift-worse = Mniej opłaca się kontaktować najpierw z tymi, których kontakt pozornie zatrzyma: wśród pierwszych { $share } wcześniejszych kontaktów dało to { $saved } na klienta (od { $saved_low } do { $saved_high }), a zwykła kolejność { $risk }. To o { $more } mniej (od { $low } do { $high }).
uplift-unknown = Nie udowodniono, że bardziej opłaca się kontaktować najpierw z tymi, których kontakt zatrzyma.
uplift-when = Sprawdzono to przy liście z { $day } na wcześniejszych kontaktach (klientów: { $customers }). Sprawdza się raz na losowanie: kto sprawdza co tydzień, w końcu trafi na szczęśliwy przypadek.
uplift-order-saved = Dlatego na początku listy są klienci, przy których kontakt powinien uratować najwięcej; zob. kolumnę „{ column-saved_value }”.
uplift-order-usual = Kolejność na liście jest zwykła: według tego, ile jest do stracenia.
uplift-order-could = Kolejność na liście jest zwykła, według tego, ile jest do stracenia; zespół danych może przełączyć ją na tę drugą.
uplift-order-no-amounts = Kolejność na liście jest zwykła, bo w tym tygodniu kwot nie znamy.
warning-uplift-order = Lista miała być ułożona według tego, kogo zatrzyma kontakt, ale zachowuje zwykłą kolejność. Dlaczego, napisano w części „{ achieved-title }”.

column-saved_value = Spodziewany zysk z kontaktu
about-saved_value = Ile kontakt powinien uratować: o ile zwiększa szansę, że klient zostanie, razy to, co klient wyda; poniżej zera, gdy kontakt raczej zaszkodzi. Według tej kolumny ułożona jest lista.
column-saved_probability = Zostanie dzięki kontaktowi
about-saved_probability = O ile kontakt, sądząc po wcześniejszych, zwiększy szansę, że klient zostanie; poniżej zera, gdy raczej ją zmniejszy.
