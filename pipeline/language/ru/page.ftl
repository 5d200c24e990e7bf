# Страница: сначала её пять предложений. [fewer]: группа слишком мала, чтобы показывать её в рассылаемой странице.
n-customers = { $customers ->
    [fewer] менее { $least } клиентов
    [one] { $customers } клиент
    [few] { $customers } клиента
   *[many] { $customers } клиентов
    [other] { $customers } клиента
}
n-of-customers = { $customers ->
    [fewer] менее чем { $least } клиентов
    [one] { $customers } клиента
   *[many] { $customers } клиентов
}
n-with-customers = { $customers ->
    [fewer] менее чем с { $least } клиентами
    [one] с { $customers } клиентом
   *[many] с { $customers } клиентами
}
n-active = { $customers ->
    [fewer] менее { $least } активных клиентов
    [one] { $customers } активного клиента
   *[many] { $customers } активных клиентов
}
n-days = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
    [other] { $days } дня
}
n-weeks = { $weeks ->
    [one] { $weeks } неделю
    [few] { $weeks } недели
   *[many] { $weeks } недель
    [other] { $weeks } недели
}
n-past-dates = { $origins ->
    [one] { $origins } прошлой дате
   *[many] { $origins } прошлым датам
}
n-points = { $points ->
    [one] { $points } процентный пункт
    [few] { $points } процентных пункта
   *[many] { $points } процентных пунктов
    [other] { $points } процентного пункта
}
fewer-than = менее { $least }

hidden = не показано

five-data = Данные доведены до { $newest }, пригодны { $usable } строк; до { $end } мы ожидаем потерять около { $leavers } из { n-active } (с вероятностью 95% — от { $low } до { $high }), причём уход — это { $leaving }.
five-data-nobody = Данные доведены до { $newest }, пригодны { $usable } строк; активных клиентов нет, поэтому до { $end } терять некого, причём уход — это { $leaving }.
leaving-inactivity = { n-days } с { $start } без единого события «{ $activity }»
leaving-cancellation = отмена в течение { n-of-days } с { $start } включительно
leaving-lapse = непродление в течение { n-of-days } с { $start }, даже с опозданием на { n-grace }
n-of-days = { $days ->
    [one] { $days } дня
   *[many] { $days } дней
}
n-grace = { $grace ->
    [one] { $grace } день
    [few] { $grace } дня
   *[many] { $grace } дней
    [other] { $grace } дня
}

five-contact = На этой неделе свяжитесь { n-with-customers } { $when } ({ $stake }); не беспокойте остальных: { $left }.
five-contact-all = На этой неделе свяжитесь { n-with-customers } { $when } ({ $stake }); больше никто из тех, кто может уйти, не остался в стороне.
five-contact-nobody = На этой неделе связываться ни с кем не нужно; не беспокойте: { $left }.
five-contact-nobody-at-all = На этой неделе связываться ни с кем не нужно: риска ухода ни у кого нет.
when-one = до { $last }
when-two = — с первыми до { $first }, с последними до { $last }
stake-revenue = под угрозой { $amount } выручки
stake-margin = под угрозой { $amount } маржи
stake-hidden = для столь малой группы сумма не показывается
stake-unknown = суммы не показываются: { $why }; вместо ценности взята частота активности
withheld-no_amounts = в данных их нет
withheld-too_few = покупателей слишком мало, чтобы прогнозировать траты
withheld-not_better_than_last_period = наш прогноз трат не лучше, чем повтор прошлого периода
withheld-not_better_than_bgnbd_gamma_gamma = наш прогноз трат не лучше простого прогноза из учебника
withheld-total_off = на прошлых датах наш прогноз трат промахнулся в общей сумме
left-holdout = контрольная группа для замера пользы контактов — { $customers ->
    [fewer] менее { $least }
    [some] число не показано
   *[other] { $customers }
}
left-cool_down = контакт за последние { n-days } — { $customers ->
    [fewer] менее { $least }
    [some] число не показано
   *[other] { $customers }
}
left-over_capacity = сверх сил команды на этой неделе — { $customers ->
    [fewer] менее { $least }
    [some] число не показано
   *[other] { $customers }
}
left-objected = просили не связываться — { $customers ->
    [fewer] менее { $least }
    [some] число не показано
   *[other] { $customers }
}
left-value_below_cost = контакт не окупится — { $customers ->
    [fewer] менее { $least }
    [some] число не показано
   *[other] { $customers }
}

n-contacts = { $capacity ->
    [one] { $capacity } контакте
   *[many] { $capacity } контактах
}
five-rule-more = При { n-contacts } этот список находит уходящих: { $model }, а нынешнее правило (молчание не меньше { n-of-days }) — { $rule }; это на { $more } больше (с вероятностью 95% — больше на { $low }–{ $high }), в среднем по { n-past-dates }.
five-rule-fewer = При { n-contacts } этот список находит уходящих: { $model }, а нынешнее правило (молчание не меньше { n-of-days }) — { $rule }; это на { $more } меньше (с вероятностью 95% — меньше на { $low }–{ $high }), в среднем по { n-past-dates }, так что пользуйтесь правилом.
five-rule-same = При { n-contacts } этот список находит уходящих: { $model }, а нынешнее правило (молчание не меньше { n-of-days }) — { $rule }, в среднем по { n-past-dates }: разница не доказана, её может объяснить случайность (от { $low } до { $high }).
five-rule-unknown = Находит ли этот список больше уходящих, чем нынешнее правило, пока сказать нельзя: нет прошлой даты с известным исходом, на которой их можно сравнить.

five-said-test-kept = В проверке на дату { $day }, последнюю с известным исходом, мы обещали уход { $promised } из { n-of-customers }, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание сдержано; оценка { $letter }: { $why }.
five-said-test-missed = В проверке на дату { $day }, последнюю с известным исходом, мы обещали уход { $promised } из { n-of-customers }, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание не сдержано; оценка { $letter }: { $why }.
five-said-list-kept = В списке за { $day } мы обещали уход { $promised } из { n-of-customers }, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание сдержано; оценка { $letter }: { $why }.
five-said-list-missed = В списке за { $day } мы обещали уход { $promised } из { n-of-customers }, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание не сдержано; оценка { $letter }: { $why }.
five-said-nothing = Срок ни одного из наших обещаний ещё не наступил; оценка { $letter }: { $why }.
five-said-no-grade = Срок ни одного из наших обещаний ещё не наступил, и оценки пока нет.
grade-beats = прогноз лучше, чем { $best }
grade-level = { $best } — результат был бы не хуже
grade-worse = { $best } — результат был бы лучше
grade-unknown = сравнить прогноз не с чем ({ $best })
grade-close = обещанное и случившееся расходятся в среднем на { n-points }, что объяснимо случайностью
grade-near = обещанное и случившееся расходятся в среднем всего на { n-points }
grade-off = обещанное и случившееся расходятся в среднем на { n-points }, больше, чем объясняет случайность
grade-why = { $against }, { $held }
grade-why-few = { $against }, { $held }, для большей уверенности клиентов пока слишком мало
best-base_rate = одна доля на всех
best-recency_rule = правило «молчание не меньше { n-of-days }»
best-rfm_logistic = простой балл по давности, частоте и тратам
best-bgnbd = прогноз повторных покупок из учебника

five-achieved-not_proven = Польза контактов пока не доказана: при { $contact } в контакте и { $holdout } в контрольной группе этот список покажет её, только если контакты снизят долю уходящих (ожидаем { $rate }) не меньше чем на { n-points }, а вдвое меньшую пользу такие списки покажут примерно за { n-weeks }.
five-achieved-not_proven-never = Польза контактов пока не доказана: при { $contact } в контакте и { $holdout } в контрольной группе этот список покажет её, только если контакты снизят долю уходящих (ожидаем { $rate }) не меньше чем на { n-points }, а вдвое меньшую пользу не показали бы и десять лет таких списков.
five-achieved-no_holdout = Польза контактов не доказана, и этот список её не докажет: нужны и те, с кем связались, и контрольная группа, а здесь в контакте { $contact }, в контрольной группе { $holdout }.
