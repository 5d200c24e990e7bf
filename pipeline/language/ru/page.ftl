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
signed-points = { $change } п. п.
fewer-than = менее { $least }

not-shown = не показано

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
left-cool_down = контакт или контрольная группа за последние { n-days } — { $customers ->
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
five-said-alone-kept = В списке за { $day } мы обещали уход { $promised } из { n-of-customers } без контакта, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание сдержано; оценка { $letter }: { $why }.
five-said-list-missed = В списке за { $day } мы обещали уход { $promised } из { n-of-customers }, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание не сдержано; оценка { $letter }: { $why }.
five-said-alone-missed = В списке за { $day } мы обещали уход { $promised } из { n-of-customers } без контакта, ушли { $realised } (с поправкой на случайность — от { $low } до { $high }), то есть обещание не сдержано; оценка { $letter }: { $why }.
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

# Страница вокруг предложений.
page-title = Кто собирается уйти: список на { $day }
page-label = Персональные данные, только для внутреннего пользования
page-label-mailed = Без отдельных клиентов и без групп менее { $least }
page-valid = Действует до { $until } Речь о риске ухода до { $end }
page-stale = Список устарел
page-stale-text = Этот список действовал до { $since } Новый не опубликован: он не прошёл проверку ({ $failed }). Пока с ним не разберутся аналитики данных, не связывайтесь ни с кем из этого списка.
page-expired = Срок списка истёк
page-expired-text = Этот список действовал до { $until } Возьмите следующий.
page-skip = Перейти к списку
page-skip-content = Перейти к ответам
page-warnings = На заметку
check-freshness = данные слишком старые
check-population = число клиентов резко изменилось
check-bands = доли высокого, среднего и низкого риска резко изменились
check-duplicates = клиенты встречаются дважды
check-complete = не хватает клиентов
check-probabilities = невозможные вероятности ухода
check-suppression = в контакт попал бы тот, кого нельзя беспокоить
check-sums = числа не сходятся
check-not_older = он был бы старше нынешнего
check-not_all_equal = у всех клиентов одна и та же вероятность ухода
check-objectors = в нём есть те, кто возразил против профилирования
check-manifest = файлы повреждены

page-questions = Пять вопросов — пять ответов
question-data = Сколько клиентов мы потеряем?
question-contact = С кем связаться и до какого дня?
question-rule = Лучше ли это нынешнего правила?
question-said = Сбылось ли то, что мы говорили?
question-achieved = Что дали контакты?

tile-customers = Активные клиенты
tile-customers-inactivity = ещё { $lapsed } уже замолчали
tile-customers-cancellation = ещё { $lapsed } уже отменили услугу
tile-customers-lapse = ещё { $lapsed } уже не продлили
tile-band = { $band } риск
tile-band-note = связаться: { $contact }
tile-revenue = Выручка под угрозой
tile-margin = Маржа под угрозой
tile-value-note = если ничего не делать, до { $end }
tile-value-none = не показана
tile-leavers = Ожидаемый уход
tile-leavers-value = ≈ { $leavers }
tile-leavers-note = от { $low } до { $high }, до { $end }
tile-promise = Последнее обещание
tile-promise-kept = Сдержано
tile-promise-missed = Не сдержано
tile-promise-none = Срок не настал
tile-promise-note = обещали { $promised }, вышло { $realised }

plot-risk = Как распределён риск
plot-risk-about = Столбцы — активные клиенты по вероятности ухода. Пунктир — где начинаются средний и высокий риск.
plot-customers = Клиенты
plot-revenue = Где сосредоточена выручка под угрозой
plot-margin = Где сосредоточена маржа под угрозой
plot-frequency = Где находятся клиенты
plot-hidden = Столбцы менее чем для { $least } клиентов и те, по которым их можно вычислить, не нарисованы.
plot-numbers = Числа
plot-chance = Вероятность ухода
plot-range = { $from }–{ $to }

list-title = Начало списка
list-caption = Клиенты, сначала самые срочные
list-all = Весь список ({ n-customers }), сначала самые срочные.
list-top = Здесь самые срочные ({ $shown }) из списка ({ n-customers }), чтобы страница открывалась сразу; полный список — в книге Excel и в файлах контактов.
list-filter = Поиск и отбор
list-search = Найти клиента
list-any = Все
list-yes = Да, связаться
list-no = Нет, не беспокоить
list-sort = Сортировать
list-reset = Сбросить
list-found = Найдено клиентов: { $found }. Связаться: { $yes }. Не беспокоить: { $no }.
list-warning = Осторожно: из найденных не беспокоить — { $no }, в том числе контрольная группа — { $holdout }. В файл они не попадут.
list-warning-others = Из найденных не беспокоить — { $no }. В файл они не попадут.
list-download = Скачать тех, с кем связаться: { $yes } (CSV)
list-download-about = В файле только те из найденных, с кем нужно связаться: номер клиента без изменений, действие, канал, срок, риск, сегмент и главная причина.
list-stale-download = Недоступно: список устарел.
list-more = Показать ещё
list-empty = Подходящих клиентов нет.
list-empty-here = На этой странице подходящих клиентов нет. Остальные клиенты списка — в книге Excel.
list-no-customers = В этом списке нет клиентов.
list-nojs = Для поиска, отбора и скачивания нужен JavaScript. Без него видно только начало ({ n-customers }).
list-details = Подробнее
list-why = Почему
list-act = Что сделать
list-activity = Активность за последние 52 недели
list-activity-sum = Событий: { $events }; недель с активностью: { $active } из 52
list-ago = 52 недели назад
list-now = сейчас

why-title = Почему — в целом
why-about = Клиенты с высоким риском; каждый учтён один раз, по главной причине.
why-reason = Главная причина
why-high = Их доля
why-revenue = Выручка под угрозой
why-margin = Маржа под угрозой
why-value = Доля суммы
why-none = Для этого списка причины не рассчитаны.
why-nobody = На этой неделе клиентов с высоким риском нет. Причины по отдельным клиентам, где они известны, указаны в самом списке.

moves-title = Что изменилось с { $day }
moves-none-title = Что изменилось
moves-none = Предыдущего списка для сравнения нет.
moves-what = Что произошло
moves-new = Новые в списке
moves-back = Снова в списке
moves-left = Выбыли из списка
moves-up = Риск вырос
moves-down = Риск снизился
moves-same = Без изменений
moves-contacted = С ними нужно было связаться
moves-causes = Почему риск вырос или снизился
moves-cause = Причина
moves-banded-up = Вырос
moves-banded-down = Снизился
cause-data = Что клиенты делали или перестали делать
cause-model = Новый прогноз
cause-calibration = Прогноз заново сверен с тем, что случилось
cause-cut = Изменились правила для высокого, среднего и низкого
moves-mean = В среднем вероятность ухода изменилась на { $change } п. п.: { $data } из-за клиентов, { $model } из-за нового прогноза, { $calibration } из-за новой сверки.
moves-mean-only = В среднем вероятность ухода изменилась на { $change } п. п. за неделю.

week-title = Эта неделя
contact-title = С кем связаться
contact-action = Действие
contact-by = До
contact-expected = Ожидаемый уход
contact-revenue = Выручка под угрозой
contact-margin = Маржа под угрозой
contact-all = Все, с кем связаться
left-title = Кого не беспокоить и почему
left-why = Причина
left-customers = Клиенты
left-band = Риск

contact-pays = Окупится, удержав
contact-one-in = 1 из { $one_in }
cut-title = Как выбирает этот список и когда это окупается
cut-bands = Средний риск начинается с { $medium }, высокий — с { $high }. Чтобы никто не метался туда-сюда, клиент покидает свою группу риска, только когда вероятность опустится ниже её границы на { n-points }.
cut-probability = Связываемся со всеми, для кого план действий что-то предусматривает, насколько хватает недели.
cut-capacity = Связываемся с теми, у кого среди высокого и среднего риска под угрозой больше всего: { $capacity }.
cut-cost = Связываемся там, где это, как ожидается, окупится.
cut-pays = Контакт окупается, если удерживает 1 из { $one_in } тех, кто иначе ушёл бы ({ $rate }).
cut-costs-nothing = Контакты ничего не стоят, поэтому окупаются при любом результате.
cut-never-pays = При таких затратах контакты не окупятся, сколько бы клиентов они ни удержали.
cut-pays-unknown = Без сумм нельзя сказать, когда контакт окупается.
cut-assumed = Допущение, а не измерение: контакт удерживает { $rate } из них. Затраты: контакт — { $contact }, предложение — { $offer }; считаем, что им воспользуется каждый, кто останется.
cut-point = Один пункт удержания (из каждых 100 клиентов остаётся на одного больше) стоит { $amount } за время до { $end }
cut-once = Списки соседних недель говорят о тех же клиентах и месяцах: никогда не складывайте их суммы.
cut-too-many = Высокий риск у { $share } всех клиентов — столько никто не обзвонит. Как выбрать меньше:
cut-propose-high = начинать высокий риск с { $edge }: { n-customers }
cut-propose-capacity = связываться только с теми, у кого под угрозой больше всего: { $capacity }
holdout-title = Контрольная группа
holdout-about = { $share } тех, с кем следовало бы связаться, выбраны жребием, и их не беспокоят, чтобы увидеть пользу контактов. Новый жребий — { $next }
holdout-about-fixed = { $share } тех, с кем следовало бы связаться, выбраны жребием, и их не беспокоят, чтобы увидеть пользу контактов.
holdout-held = Не беспокоим
holdout-contact = Связываемся

words-title = Что значат слова
word-leaving = Уход
word-active = Активный клиент
word-active-inactivity = Тот, кто был активен в последние { n-days } перед { $day } Остальные уже замолчали, и в списке их нет.
word-active-cancellation = Тот, кто пришёл до { $day } и не отменил услугу. Остальных в списке нет.
word-active-lapse = Тот, у кого к { $day } ещё действовало последнее продление с учётом допустимого опоздания. Остальных в списке нет.
word-chance = Вероятность ухода
word-chance-text = Из 100 клиентов с вероятностью 70% уходят около 70.
word-bands = Высокий, средний, низкий риск
word-tiers = VIP, стандартный, малый
word-tiers-money = По ожидаемым тратам: верхние { $vip } — VIP, нижние { $small } — малые.
word-tiers-frequency = По тому, как часто клиент активен: верхние { $vip } — VIP, нижние { $small } — малые.
word-value = Ценность под угрозой
word-revenue-text = Вероятность ухода, умноженная на выручку, которую клиент принёс бы до { $end }, если останется.
word-margin-text = Вероятность ухода, умноженная на маржу, которую клиент принёс бы до { $end }, если останется.
word-unknown-text = Не показана: { $why }. Вместо неё взята частота активности.
word-holdout = Контрольная группа
word-holdout-text = Выбраны жребием, и их не беспокоят, каким бы ни был риск: только сравнение с ними покажет, что дают контакты.
word-promise = От … до …
word-promise-text = В 19 списках из 20 случившееся лежит между этими двумя числами.

page-footer = Прогноз { $version }, данные до { $newest } Файлу не нужна сеть, и он ничего не отправляет.

warning-few-customers = Для прогноза клиентов мало ({ n-customers }): список может меняться сильнее обычного.
warning-change-model-gone = Прежний прогноз больше не хранится, поэтому нельзя сказать, почему изменились вероятности ухода.
warning-change-model-unable = Прежний прогноз не читает сегодняшние данные, поэтому нельзя сказать, почему изменились вероятности ухода.
