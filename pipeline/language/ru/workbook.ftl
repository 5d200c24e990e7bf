# Книга Excel (первый лист, пояснения к списку, определения) и описание столбцов.
workbook-sheet-summary = Сводка
workbook-sheet-list = Список
workbook-sheet-definitions = Определения
workbook-title = С кем связаться: список на { $day }
workbook-personal = Персональные данные, только для внутреннего использования: не передавайте за пределы компании.
workbook-page = Страница { $page } из { $pages }

workbook-stale = УСТАРЕЛ: это список на { $day }, он действовал до { $until }, а новый выпустить не удалось. Не связывайтесь ни с кем из него; обратитесь к команде данных.

workbook-ask-first = С кем в первую очередь?
workbook-ask-not = С кем нельзя и почему?
workbook-ask-until = До какого срока?
workbook-ask-stake = Сколько под риском?
workbook-ask-fresh = Список актуален?
workbook-first =
    { $customers ->
        [0] Ни с кем: на этой неделе связываться не надо.
        [1] { $customers } клиент: строка со значением «{ $yes }» в столбце «{ $column }» на листе «{ $sheet }».
        [one] { $customers } клиент: строки со значением «{ $yes }» в столбце «{ $column }» на листе «{ $sheet }», сверху вниз. Первые из них показаны ниже.
        [few] { $customers } клиента: строки со значением «{ $yes }» в столбце «{ $column }» на листе «{ $sheet }», сверху вниз. Первые из них показаны ниже.
        [many] { $customers } клиентов: строки со значением «{ $yes }» в столбце «{ $column }» на листе «{ $sheet }», сверху вниз. Первые из них показаны ниже.
       *[other] { $customers } клиента: строки со значением «{ $yes }» в столбце «{ $column }» на листе «{ $sheet }», сверху вниз. Первые из них показаны ниже.
    }
workbook-first-stale = Ни с кем: список устарел.
workbook-not =
    { $customers ->
        [0] Связываться можно со всеми, кто есть в списке.
        [one] { $customers } клиент с отметкой «{ $no }»: { $reasons }.
        [few] { $customers } клиента с отметкой «{ $no }»: { $reasons }.
        [many] { $customers } клиентов с отметкой «{ $no }»: { $reasons }.
       *[other] { $customers } клиента с отметкой «{ $no }»: { $reasons }.
    }
workbook-until = { $actions }. Сам список действует до { $until }.
workbook-until-stale = Срок прошёл: список действовал до { $until }.
workbook-until-nothing = Список действует до { $until }.
workbook-stake =
    { $unit ->
        [margin] { $contact } маржи у клиентов, с которыми надо связаться, и { $all } во всём списке (вероятность ухода, умноженная на ожидаемую маржу).
       *[revenue] { $contact } выручки у клиентов, с которыми надо связаться, и { $all } во всём списке (вероятность ухода, умноженная на ожидаемые покупки).
    }
workbook-stake-unknown =
    { $why ->
        [no_amounts] Неизвестно: в данных нет сумм. О ценности клиента судим по тому, как часто он активен.
       *[withheld] Не показываем: прогноз покупок пока недостаточно точен. О ценности клиента судим по тому, как часто он активен.
    }
workbook-fresh = Список на { $day }, учтено всё, что известно по { $newest } включительно. Пользуйтесь им до { $until }, затем откройте следующий.
workbook-fresh-stale = Нет. Он действовал до { $until }, а новый список выпустить не удалось.

workbook-start-here = С кем связаться в первую очередь
workbook-contact = С кем связаться, по действиям
workbook-total = Всего
workbook-customers = Клиентов
workbook-to-contact = Связаться
workbook-expected = Ожидаем, что уйдут
workbook-at-least = не меньше
workbook-at-most = не больше
workbook-nobody = На этой неделе ни с кем.
workbook-not-title = С кем не связываться и почему
workbook-not-listed = Нет в списке
workbook-reason = Почему
workbook-meaning = Что это значит
workbook-why-low = Риск низкий, и клиент не из самых ценных: план действий ничего не предусматривает.
workbook-why-over_capacity = Их больше, чем команда успеет охватить за неделю; те, у кого под риском меньше, подождут.
workbook-why-holdout = Отобраны случайно. Сравнение с ними покажет, что дают ваши контакты, поэтому не трогайте их совсем.
workbook-why-objected = Не хотят, чтобы с ними связывались.
workbook-why-cool_down = С ними недавно уже связывались, или тогда же их оставили в контрольной группе; не связывайтесь с ними, пока не подойдёт их очередь.
workbook-why-value_below_cost = Контакт обойдётся дороже, чем может принести.
workbook-objected-to-profiling = Против оценки
workbook-objected-to-profiling-meaning = Их не оценивают и не включают в список.
workbook-already-left = Ушли раньше
workbook-already-left-inactivity = Неактивны слишком долго, чтобы считать их клиентами, которые ещё могут уйти.
workbook-already-left-cancellation = Уже отказались от услуг.
workbook-already-left-lapse = Срок последнего продления истёк, а новое вовремя не пришло.

workbook-risk = Чего мы ожидаем, по уровню риска
workbook-risk-note = Из 20 таких ожиданий 19 должны оказаться между «{ $low }» и «{ $high }». Считаем клиентов, которые уйдут до { $day }.
workbook-all = Все
workbook-tiers = По ценности
workbook-moves = По сравнению со списком на { $day }
workbook-moves-none = Это первый список: сравнивать пока не с чем.
workbook-moves-new = Новые в списке
workbook-moves-back = Снова в списке
workbook-moves-left = Больше не в списке
workbook-moves-up = Риск выше, чем раньше
workbook-moves-down = Риск ниже, чем раньше
workbook-moves-same = Риск тот же
workbook-moves-contacted = Связаться просил прошлый список
workbook-moves-by-data = из них из-за собственного поведения
workbook-moves-by-model = из-за нового прогноза
workbook-moves-by-cut = из-за правил для уровней риска
workbook-moves-by-unknown = по неизвестной причине

workbook-pays-title = Когда контакты окупаются
workbook-pays = При стоимости контакта { $contact } и предложения { $offer } это окупается, если удаётся удержать 1 из { $one_in } тех, кто иначе ушёл бы ({ $share }).
workbook-pays-never = При стоимости контакта { $contact } и предложения { $offer } контакты с этими клиентами не окупятся, сколько бы их ни удалось удержать.
workbook-pays-unknown = Окупятся ли контакты, посчитать нельзя: суммы неизвестны.
workbook-pays-assumed = ПРЕДПОЛОЖЕНИЕ, ещё не измерено: контакт удерживает { $share } тех, кто иначе ушёл бы. { $pays ->
        [yes] Если это так, контакты окупаются.
       *[no] Если это так, контакты не окупаются.
    }
workbook-point =
    { $unit ->
        [margin] Если уйдёт на одного клиента из ста меньше, это принесёт { $amount } маржи до { $day }.
       *[revenue] Если уйдёт на одного клиента из ста меньше, это принесёт { $amount } выручки до { $day }.
    }
workbook-overlap = Суммы из списков разных недель пересекаются: никогда не складывайте их.

workbook-holdout-title = Кого оставить в покое
workbook-holdout =
    { $customers ->
        [0] На этой неделе в контрольной группе никого нет.
        [1] { $customers } клиент случайно попал в контрольную группу ({ $share } тех, с кем надо связаться). Не связывайтесь с ним, чтобы было видно, что дают контакты.
        [one] { $customers } клиент случайно попал в контрольную группу ({ $share } тех, с кем надо связаться). Не связывайтесь с ними, чтобы было видно, что дают контакты.
        [few] { $customers } клиента случайно попали в контрольную группу ({ $share } тех, с кем надо связаться). Не связывайтесь с ними, чтобы было видно, что дают контакты.
        [many] { $customers } клиентов случайно попали в контрольную группу ({ $share } тех, с кем надо связаться). Не связывайтесь с ними, чтобы было видно, что дают контакты.
       *[other] { $customers } клиента случайно попали в контрольную группу ({ $share } тех, с кем надо связаться). Не связывайтесь с ними, чтобы было видно, что дают контакты.
    }
workbook-holdout-until = Новый отбор — { $day }.
workbook-filter = Чтобы выбрать, с кем связаться, отфильтруйте «{ $column }» по значению «{ $yes }». Не фильтруйте только по столбцу «{ $band }»: среди клиентов с высоким и средним риском есть контрольная группа и те, кто просил не беспокоить.
workbook-held-back = В контрольной группе
workbook-sentences = Этот список в пяти предложениях
workbook-remarks = Обратите внимание

workbook-most-urgent = Больше строк лист не вмещает: здесь самые срочные, { $rows } из { $all }; все клиенты есть в файлах risk_list.csv и risk_list.parquet.
workbook-grouped = Знак «плюс» над последним столбцом открывает остальные столбцы.
workbook-frequency = Суммы неизвестны, поэтому столбца с ними нет; вместо них — как часто клиент активен.

workbook-words = Слова
workbook-leave = Уход
workbook-leave-inactivity =
    { $days ->
        [one] Клиент ушёл, если он не проявляет активности ({ $activity }) { $days } день, до { $day }.
        [few] Клиент ушёл, если он не проявляет активности ({ $activity }) { $days } дня, до { $day }.
        [many] Клиент ушёл, если он не проявляет активности ({ $activity }) { $days } дней, до { $day }.
       *[other] Клиент ушёл, если он не проявляет активности ({ $activity }) { $days } дня, до { $day }.
    }
workbook-leave-cancellation =
    { $days ->
        [one] Клиент ушёл, если он отказался от услуг в течение { $days } дня, до { $day }.
        [few] Клиент ушёл, если он отказался от услуг в течение { $days } дней, до { $day }.
        [many] Клиент ушёл, если он отказался от услуг в течение { $days } дней, до { $day }.
       *[other] Клиент ушёл, если он отказался от услуг в течение { $days } дня, до { $day }.
    }
workbook-leave-lapse =
    { $days ->
        [one] Клиент ушёл, если в течение { $days } дня, до { $day }, подошёл срок продления, а продления не было.
        [few] Клиент ушёл, если в течение { $days } дней, до { $day }, подошёл срок продления, а продления не было.
        [many] Клиент ушёл, если в течение { $days } дней, до { $day }, подошёл срок продления, а продления не было.
       *[other] Клиент ушёл, если в течение { $days } дня, до { $day }, подошёл срок продления, а продления не было.
    }
workbook-listed = Кто есть в списке
workbook-listed-cancellation = Клиенты, которые к этому дню пришли и не отказались от услуг.
workbook-listed-lapse = Клиенты, у которых к этому дню ещё действовало последнее продление с учётом допустимого опоздания.
workbook-listed-inactivity =
    { $days ->
        [one] Клиенты, которые были активны за последний { $days } день.
        [few] Клиенты, которые были активны за последние { $days } дня.
        [many] Клиенты, которые были активны за последние { $days } дней.
       *[other] Клиенты, которые были активны за последние { $days } дня.
    }
workbook-read = Как читать вероятность ухода
workbook-read-meaning = Из 100 клиентов с вероятностью 70% уйдут примерно 70, а 30 останутся. О каждом отдельном клиенте это ничего не говорит наверняка.
workbook-band-high = Вероятность ухода { $high } и выше.
workbook-band-medium = Вероятность ухода не меньше { $medium }, но меньше { $high }.
workbook-band-low = Вероятность ухода ниже { $medium }.
workbook-band-leave = Чтобы риск снова понизился, вероятность должна опуститься заметно ниже границы: больше чем на { $points } п. п.
workbook-tier-vip = { $share } клиентов с самой высокой ценностью.
workbook-tier-regular = Все между ними.
workbook-tier-small = { $share } клиентов с самой низкой ценностью.
workbook-actions = Действия
workbook-action-channel = Канал: { $channel }.
workbook-action-within =
    { $days ->
        [0] В тот же день.
        [one] В течение { $days } дня.
        [few] В течение { $days } дней.
        [many] В течение { $days } дней.
       *[other] В течение { $days } дня.
    }
workbook-action-capacity =
    { $customers ->
        [one] Не больше { $customers } клиента в неделю.
        [few] Не больше { $customers } клиентов в неделю.
        [many] Не больше { $customers } клиентов в неделю.
       *[other] Не больше { $customers } клиента в неделю.
    }
workbook-columns = Столбцы
workbook-column = Столбец
workbook-name-in-files = Имя в файлах
workbook-empty = Если пусто
workbook-unit = Единица
workbook-values = Значения

workbook-unit-text = текст
workbook-unit-number = число
workbook-unit-days = дни
workbook-unit-date = дата (год-месяц-день)
workbook-unit-share = доля от 0 до 1
workbook-unit-points = доля от -1 до 1 (0,05 — это 5 процентных пунктов)
workbook-unit-amount = сумма
workbook-unit-amount-in = сумма, { $currency }
workbook-unit-value = одно из названных значений
workbook-unit-weeks = 52 числа, только в risk_list.parquet

workbook-empty-never = не бывает пустым
workbook-empty-why_not = на этой неделе надо связаться
workbook-empty-amount = суммы неизвестны
workbook-empty-nothing = ничего делать не надо
workbook-empty-reason = других причин нет
workbook-empty-uncertain = сомневаться в вероятности нет причин
workbook-empty-first = прежнего списка нет
workbook-empty-before = в прошлом списке клиента не было
workbook-empty-part = в прошлом списке клиента не было или части нельзя разделить
workbook-empty-listed_since = риск низкий
workbook-empty-last_contact = о контактах ничего не известно
workbook-empty-last_chosen = насколько известно, раньше не отбирали
workbook-empty-gap = активен меньше двух дней
workbook-empty-shown = неизвестно
workbook-about-shown = Столбец из ваших собственных данных, показан как есть.

workbook-file-contact = Для рассылок и обзвона: только клиенты, с которыми надо связаться этим способом, номера ровно такие, как в ваших данных. Не открывайте файл в электронной таблице: она может принять номер за формулу или отбросить нули в начале.
workbook-file-preset = Для импорта в { $tool }: только клиенты, с которыми надо связаться, номера ровно такие, как в ваших данных. Не открывайте файл в электронной таблице.
workbook-file-csv = Для электронных таблиц: апостроф перед текстом не даёт принять его за формулу. Excel отбрасывает нули в начале номеров в файлах CSV; в книге они сохраняются.
workbook-file-parquet = Для программ: всё, без изменений.
