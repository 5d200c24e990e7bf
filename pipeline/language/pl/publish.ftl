# Co lista mówi o sobie: dlaczego może być mniej pewna niż zwykle i których sprawdzeń nie przeszła nowsza.
warning-rule = Klientów jest za mało na prognozę dla każdego z osobna: wszyscy, którzy milczą równie długo, mają tę samą szansę odejścia.
warning-grade-d = Prognoza, na której opiera się ta lista, ma najniższą ocenę, D: nie planuj według jej procentów. Dlaczego, mówi odpowiedź na pytanie „{ question-said }”.
warning-rolled-back = Prognozę przywrócono ręcznie do wcześniejszej wersji, więc szanse odejścia mogły się zmienić bez nowych zdarzeń u klientów.
warning-no-opt-outs = Tej liście nie podano, kto zrezygnował z kontaktu: sprawdź to przed wysyłką i poproś zespół danych o wskazanie odpowiedniej kolumny.
