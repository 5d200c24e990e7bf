# Słowa samej listy: ryzyko, segmenty, grupy, działania, kanały, dlaczego ktoś nie jest do kontaktu, i jej kolumny.

# Uzgodnione z nagłówkiem `column-risk_band`.
band-high = Wysokie
band-medium = Średnie
band-low = Niskie

# Według spodziewanych wydatków, a gdy kwot nie znamy, według częstości aktywności.
tier-vip = VIP
tier-regular = Standardowy
tier-small = Mały

# Grupę kontrolną zostawia się w spokoju, żeby było z czym porównać.
group-contact = Grupa docelowa
group-holdout = Grupa kontrolna: nie kontaktować

# Własne działanie lub kanał pokazujemy pod ich własną nazwą.
action-personal_call = Osobisty telefon
action-offer = Oferta specjalna
action-reminder = Przypomnienie
action-welcome = Osobiste powitanie
action-ask_for_referral = Prośba o polecenie
action-nothing = Bez działania

channel-phone = Telefon
channel-email = E-mail
channel-sms = SMS
channel-push = Powiadomienie push
channel-letter = List
channel-app = Aplikacja
channel-whatsapp = WhatsApp
channel-store = Sklep

# `low`: plan działań nic nie przewiduje, niezależnie od ryzyka.
why_not-low = Niski priorytet: nie zaplanowano działania
why_not-over_capacity = Brak miejsc w tym tygodniu
why_not-holdout = Grupa kontrolna: nie kontaktować
why_not-objected = Prosi, by się nie kontaktować
why_not-cool_down = Niedawny kontakt albo niedawno w grupie kontrolnej
why_not-value_below_cost = Kontakt kosztowałby więcej, niż przyniesie

lifecycle-new = Nowy klient
lifecycle-active = Aktywny
lifecycle-reactivated = Wrócił po długiej przerwie

movement-new = Nowy na liście
movement-up = Ryzyko wzrosło
movement-down = Ryzyko spadło
movement-same = Bez zmian
movement-back = Znowu na liście

answer-yes = Tak
answer-no = Nie

# `column-` to nagłówek, `about-` zdanie z opisu danych.
column-priority = Priorytet
about-priority = Kolejność pracy: 1 jest na początku; osoby do kontaktu w tym tygodniu stoją przed wszystkimi innymi.
column-customer_id = Klient
about-customer_id = Numer klienta w takiej postaci, w jakiej zapisują go Państwa systemy.
column-contact_this_week = Kontakt w tym tygodniu
about-contact_this_week = Tak: proszę skontaktować się z klientem teraz. Nie: proszę się nie kontaktować, powód podaje kolumna „{ column-why_not }”. Filtrować należy według tej kolumny, a nie samego ryzyka: wśród klientów o wysokim i średnim ryzyku jest grupa kontrolna, z którą nie wolno się kontaktować.
column-why_not = Dlaczego nie
about-why_not = Dlaczego w tym tygodniu nie należy się kontaktować z klientem; puste, gdy odpowiedź brzmi „tak”.
column-risk_band = Ryzyko
about-risk_band = Wysokie, średnie lub niskie: na ile prawdopodobne jest odejście klienta. Zmienia się dopiero wtedy, gdy szansa odejścia wyraźnie się przesunie, żeby klienci nie skakali tam i z powrotem.
column-churn_probability = Szansa odejścia
about-churn_probability = Na ile prawdopodobne jest, że klient odejdzie do dnia z kolumny „{ column-horizon_end }”: spośród 100 klientów z wartością 70% odchodzi około 70.
column-value_tier = Segment wartości
about-value_tier = VIP, standardowy lub mały: miejsce klienta według spodziewanych wydatków, a gdy kwot nie znamy, według częstości aktywności.
column-value_at_risk = Kwota zagrożona
about-value_at_risk = Szansa odejścia razy to, co klient wyda, jeśli zostanie; puste, gdy kwot nie znamy.
column-recommended_action = Działanie
about-recommended_action = Co zrobić dla tego klienta według Państwa planu działań.
column-channel = Kanał
about-channel = Jak dotrzeć do klienta: kanałem, z którego sam korzysta, jeśli go znamy, w przeciwnym razie zwykłym dla tego działania; telefon zawsze pozostaje telefonem.
column-act_by = Termin działania
about-act_by = Ostatni dzień na to działanie; puste, gdy w tym tygodniu nie należy się kontaktować z klientem.
column-reason_1 = Główny powód
about-reason_1 = Co najbardziej podnosi ryzyko tego klienta.
column-reason_2 = Drugi powód
about-reason_2 = Drugi pod względem siły powód wzrostu ryzyka tego klienta; puste, gdy nie ma nic więcej.
column-reason_3 = Trzeci powód
about-reason_3 = Trzeci pod względem siły powód wzrostu ryzyka tego klienta; puste, gdy nie ma nic więcej.
column-reason_lowers = Przemawia za pozostaniem
about-reason_lowers = Co najbardziej obniża ryzyko tego klienta; puste, gdy nic takiego nie ma.
column-group = Grupa
about-group = Klienci z grupy kontrolnej zostali wylosowani i nie wolno się z nimi kontaktować: tylko porównanie z nimi pokaże, co dały kontakty. Osoby do kontaktu proszę wybierać według kolumny „{ column-contact_this_week }”, a nie według tej kolumny ani ryzyka.
column-uncertain = Skąd niepewność
about-uncertain = Dlaczego szansa odejścia jest u tego klienta mniej pewna niż u innych; puste, gdy nic na to nie wskazuje.
column-expected_value = Spodziewane wydatki
about-expected_value = Ile klient wyda do dnia z kolumny „{ column-horizon_end }”, jeśli zostanie; puste, gdy kwot nie znamy.
column-lifecycle_stage = Etap
about-lifecycle_stage = Nowy klient, aktywny albo taki, który wrócił po długiej przerwie.
column-previous_band = Ryzyko poprzednio
about-previous_band = Ryzyko na poprzedniej liście; puste, gdy klienta na niej nie było.
column-raw_band = Ryzyko bez wygładzania
about-raw_band = Co mówi sama dzisiejsza szansa odejścia; jeśli różni się od kolumny „{ column-risk_band }”, klient jest wciąż blisko granicy.
column-movement = Od poprzedniej listy
about-movement = Co się stało z klientem od poprzedniej listy.
column-change = Zmiana
about-change = O ile punktów procentowych zmieniła się szansa odejścia od poprzedniej listy; składniki obok dają w sumie tę liczbę.
column-change_data = Zmiana: klient
about-change_data = Część zmiany wynikająca z tego, co klient zrobił lub czego nie zrobił.
column-change_model = Zmiana: nowa prognoza
about-change_model = Część zmiany wynikająca z nowszej wersji prognozy.
column-change_calibration = Zmiana: korekta
about-change_calibration = Część zmiany wynikająca z ponownego dopasowania prognozy do tego, co naprawdę się wydarzyło.
column-change_cut = Przesunięty przez zasady
about-change_cut = Tak: ryzyko jest inne, bo inaczej zadziałały zasady dla wysokiego, średniego i niskiego ryzyka, a nie dlatego, że zmienił się klient.
column-listed_since = Zagrożony od
about-listed_since = Data listy, od której klient bez przerwy ma wysokie lub średnie ryzyko; puste przy niskim ryzyku.
column-last_contact = Ostatni kontakt
about-last_contact = Dzień ostatniego kontaktu z klientem: według rejestru kontaktów, a gdzie go jeszcze nie ma, data listy, która kazała się skontaktować; puste, gdy kontaktu nie było.
column-last_chosen = Ostatni wybór
about-last_chosen = Data ostatniej z wcześniejszych list, które wybrały klienta: do kontaktu albo, dla porównania, do pozostawienia bez kontaktu; puste, gdy takiej nie było.
column-programme = Losowanie grupy kontrolnej
about-programme = Nazwa losowania, które decyduje, kto trafia do grupy kontrolnej; nowa nazwa oznacza, że wszyscy są losowani od nowa.
column-days_since_last_activity = Dni od ostatniej aktywności
about-days_since_last_activity = Ile pełnych dni minęło od ostatniej aktywności klienta do daty listy.
column-usual_gap_days = Zwykła przerwa w dniach
about-usual_gap_days = Ile dni zwykle dzieli dwa aktywne dni klienta; puste, gdy jest ich mniej niż dwa.
column-as_of = Data listy
about-as_of = Lista zna wszystko, co wydarzyło się przed tym dniem, i nic z tego, co było później.
column-horizon_end = Odejdzie do
about-horizon_end = Do tego dnia patrzymy w przód: szansa nie mówi nic o odejściu po tej dacie.
column-valid_until = Ważna do
about-valid_until = Z tej listy proszę korzystać do tego dnia, a potem z następnej.
column-model_version = Wersja prognozy
about-model_version = Która wersja prognozy stworzyła tę listę; przyda się przy pytaniach do analityków.
column-last_activity = Ostatnia aktywność
about-last_activity = Dzień, w którym klient był ostatnio aktywny.
column-activities_12m = Aktywność w 12 miesięcy
about-activities_12m = Ile razy klient był aktywny w ostatnich 52 tygodniach.
column-spend_12m = Wydatki w 12 miesięcy
about-spend_12m = Ile klient wydał w ostatnich 52 tygodniach, bez odliczania zwrotów; puste, gdy kwot nie znamy.
column-weeks_on_list = Tygodnie zagrożenia
about-weeks_on_list = Od ilu tygodni bez przerwy klient ma wysokie lub średnie ryzyko.
column-activity = Aktywność w tygodniach
about-activity = Ile razy klient był aktywny w każdym z ostatnich 52 tygodni, od najdawniejszego.

# Co lista mówi o sobie.
warning-cost-without-amounts = Kwoty nie są znane na tyle dobrze, by powiedzieć, gdzie kontakt się opłaci: w tym tygodniu do kontaktu są wszyscy, dla których jest działanie, bez względu na koszt.
