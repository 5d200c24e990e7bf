# Reasons: one sentence per feature, with the customer's own numbers; and why a probability is uncertain.
# See the English file for the forms of values and things. $thing_of is the genitive plural, $thing_few goes with 2 to 4.

unit-days = { $number ->
    [one] { $days } день
    [few] { $days } дня
    [many] { $days } дней
   *[other] { $days } дня
}
unit-days-of = { $number ->
    [one] { $days } дня
   *[other] { $days } дней
}
unit-window = за { $number ->
    [1] последний день
    [one] последний { $days }
   *[other] последние { $days }
}
unit-window-ever = за всё время

# Titles of the topics that reasons are added up by.
family-silence = Как давно не приходили
family-pace = Как часто приходят
family-spend = Сколько тратят
family-interest = Визиты и другие признаки интереса
family-trouble = Возвраты и проблемы
family-history = История клиента
family-opinion = Оценки
family-standing = Балансы и цены
family-term = Договор
family-profile = Данные о клиенте

# Silence
reason-silent-usually = Нет { $thing_of } уже { $days }; обычно { $gap_number ->
    [1] каждый день
   *[other] раз в { $gap }
}
reason-overdue = Нет { $thing_of } уже { $days } — в { $times } { $times_number ->
    [one] раз
    [few] раза
    [many] раз
   *[other] раза
} дольше обычного ({ $gap })
reason-silent-spread = Нет { $thing_of } уже { $days }; обычно раз в { $gap } (± { $spread })
reason-silent-longest = Нет { $thing_of } уже { $days }; самый долгий перерыв до сих пор — { $longest }
reason-last = { $thing_last } — { $days } назад
reason-never = { $thing_of } пока не было
reason-usual-gap = { $thing_many }: обычно { $gap_number ->
    [1] каждый день
   *[other] раз в { $gap }
}
reason-gap-spread = { $thing_many }: промежутки отличаются в среднем на { $days }
reason-newest-gap = { $thing_many }: { $newest } между двумя последними днями, обычно { $gap }
reason-longest-gap = Самый долгий перерыв до сих пор — { $days }
reason-gap-window = { $thing_many } { $window }: в среднем { $gap_number ->
    [1] каждый день
   *[other] раз в { $gap }
}
reason-only-day = { $thing_many }: пока только один день
reason-few-days = { $thing_many }: пока не больше двух дней
reason-few-days-window = { $thing_many } { $window }: не больше чем в один день

# Pace, interest and trouble
reason-count = { $n_number ->
    [0] Нет { $thing_of }
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
} { $window }
reason-active-days = { $days_number ->
    [0] Нет { $thing_of } { $window }
   *[other] { $thing_many } { $window }: { $days_number ->
        [one] { $days_figure } активный день
        [few] { $days_figure } активных дня
       *[other] { $days_figure } активных дней
    }
}
reason-none-in-window = Нет { $thing_of } { $window }
reason-share-of-both = { $share_number ->
    [0] Нет { $other_of } { $window }
   *[other] Доля { $other_of } среди { $thing_of } и { $other_of } { $window }: { $share }
}
reason-neither = Нет ни { $thing_of }, ни { $other_of } { $window }
reason-trend-counts = { $thing_many } { $older }: { $all }, из них за вторую половину срока — { $n }
reason-trend-share = { $thing_many } { $older }: за вторую половину срока — { $share }

# Spend
reason-amount = { $thing_many } { $window }: { $amount }
reason-amount-size = { $thing_many } { $window }: { $amount_size }
reason-amount-mean = { $thing }: в среднем { $amount_size }
reason-amount-last = { $thing_last }: { $amount_size }
reason-no-amount = { $thing_of } с суммой ещё не было
reason-net = Итого потрачено { $window }: { $amount }
reason-net-unknown = Неизвестно, сколько потрачено

# History
reason-none = Ни одна причина не выделяется
reason-first = Клиент уже { $days }
reason-so-far = Клиент уже { $days }, всего { $n_number ->
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
}
reason-second-day = { $thing_many }: второй активный день — через { $days } после первого
reason-no-second-day = { $thing_many }: второго активного дня ещё не было
reason-first-weeks = { $n_number ->
    [one] { $n } { $thing }
    [few] { $n } { $thing_few }
   *[other] { $n } { $thing_of }
} за первые { $weeks_days }
reason-comebacks = { $n_number ->
    [0] Долгих перерывов ещё не было
    [one] { $n } возвращение после долгого перерыва
    [few] { $n } возвращения после долгого перерыва
   *[other] { $n } возвращений после долгого перерыва
}
reason-spell = Без долгих перерывов уже { $days }
reason-observed = Данные не менее чем за { $days }
reason-observed-unknown = Неизвестно, за какой срок есть данные

# Opinion and standing
reason-score-last = { $thing_last }: { $score }
reason-score-none = { $thing_of } с баллом ещё не было
reason-score-change = { $thing_last }: { $change_way ->
    [up] на { $change_size } выше, чем раньше
    [down] на { $change_size } ниже, чем раньше
   *[same] без изменений
}
reason-score-few = Меньше двух { $thing_of } с баллом
reason-score-mean = { $thing_many } { $window }: в среднем { $score }
reason-score-none-in-window = Нет { $thing_of } с баллом { $window }
reason-level-last = { $name }: сейчас { $level }
reason-level-none = { $name }: нет данных
reason-level-steady = { $name }: без изменений уже { $days }
reason-level-change = { $name } { $window }: { $change_way ->
    [up] рост на { $change_size }
    [down] снижение на { $change_size }
   *[same] без изменений
}
reason-level-none-before = { $name }: { $window_days } назад данных не было

# Profile
reason-attribute-number = { $name }: { $level }
reason-attribute-value = { $name }: { $flag_number ->
    [0] не { $value }
   *[other] { $value }
}
reason-attribute-unknown = { $name }: неизвестно

# Term
reason-relation = Клиент без перерывов уже { $days }
reason-departures = { $n_number ->
    [0] Раньше уходов не было
    [one] { $n } уход в прошлом
    [few] { $n } ухода в прошлом
   *[other] { $n } уходов в прошлом
}
reason-cancelled = { $thing_last } — { $days } назад, { $flag_number ->
    [0] потом снова активность
   *[other] оплачено до конца срока
}
reason-runs-out = Срок истекает { $days_number ->
    [0] сегодня
   *[other] через { $days }
}
reason-ran-out = Срок истёк { $days } назад, продления нет
reason-ran-out-grace = Срок истёк { $days } назад, продления нет; льготный срок — ещё { $grace }
reason-term = { $thing_last }: срок { $days }
reason-term-unknown = Неизвестно, когда истекает срок
reason-renewals = { $n_number ->
    [0] Продлений ещё не было
    [one] { $n } продление за всё время
    [few] { $n } продления за всё время
   *[other] { $n } продлений за всё время
}
reason-renewed-late = { $share_number ->
    [0] Все продления были вовремя
    [1] Все продления были с опозданием
   *[other] Продления с опозданием: { $share }
}
reason-days-late = Продлевает { $days_number ->
    [0] вовремя
   *[other] в среднем с опозданием на { $days }
}
reason-not-renewed = Продлений ещё не было

# Why a probability is uncertain
uncertain-known-for-days = { $days_number ->
    [0] Клиент только с сегодняшнего дня, активность в один день
   *[other] Клиент всего { $days }, активность только в один из них
}
uncertain-estimates-differ = Трудно сказать: оценки расходятся от { $low } до { $high }

# An event whose type has no word below: its name cannot be inflected, the word for an event can.
event-named = событие «{ $name }»
    .many = события «{ $name }»
    .few = события «{ $name }»
    .of = событий «{ $name }»
    .last = последнее событие «{ $name }»

# Things by the name of their event type, attribute or state: one, several, with 2 to 4, of several, the last one.
role-activity = действие
    .many = действия
    .few = действия
    .of = действий
    .last = последнее действие
role-engagement = признак интереса
    .many = признаки интереса
    .few = признака интереса
    .of = признаков интереса
    .last = последний признак интереса
role-friction = проблема
    .many = проблемы
    .few = проблемы
    .of = проблем
    .last = последняя проблема
role-cancellation = отмена
    .many = отмены
    .few = отмены
    .of = отмен
    .last = последняя отмена
thing-purchase = покупка
    .many = покупки
    .few = покупки
    .of = покупок
    .last = последняя покупка
thing-order = заказ
    .many = заказы
    .few = заказа
    .of = заказов
    .last = последний заказ
thing-return = возврат
    .many = возвраты
    .few = возврата
    .of = возвратов
    .last = последний возврат
thing-refund = возврат денег
    .many = возвраты денег
    .few = возврата денег
    .of = возвратов денег
    .last = последний возврат денег
thing-payment = платёж
    .many = платежи
    .few = платежа
    .of = платежей
    .last = последний платёж
thing-transaction = операция
    .many = операции
    .few = операции
    .of = операций
    .last = последняя операция
thing-deposit = пополнение
    .many = пополнения
    .few = пополнения
    .of = пополнений
    .last = последнее пополнение
thing-withdrawal = снятие денег
    .many = снятия денег
    .few = снятия денег
    .of = снятий денег
    .last = последнее снятие денег
thing-renewal = продление
    .many = продления
    .few = продления
    .of = продлений
    .last = последнее продление
thing-subscription = подписка
    .many = подписки
    .few = подписки
    .of = подписок
    .last = последняя подписка
thing-cancel = отмена
    .many = отмены
    .few = отмены
    .of = отмен
    .last = последняя отмена
thing-unsubscribe = отписка
    .many = отписки
    .few = отписки
    .of = отписок
    .last = последняя отписка
thing-visit = визит
    .many = визиты
    .few = визита
    .of = визитов
    .last = последний визит
thing-session = сеанс
    .many = сеансы
    .few = сеанса
    .of = сеансов
    .last = последний сеанс
thing-page_view = просмотр страницы
    .many = просмотры страниц
    .few = просмотра страниц
    .of = просмотров страниц
    .last = последний просмотр страницы
thing-view = просмотр
    .many = просмотры
    .few = просмотра
    .of = просмотров
    .last = последний просмотр
thing-login = вход
    .many = входы
    .few = входа
    .of = входов
    .last = последний вход
thing-search = поиск
    .many = поиски
    .few = поиска
    .of = поисков
    .last = последний поиск
thing-add_to_cart = добавление в корзину
    .many = добавления в корзину
    .few = добавления в корзину
    .of = добавлений в корзину
    .last = последнее добавление в корзину
thing-open = открытие письма
    .many = открытия писем
    .few = открытия писем
    .of = открытий писем
    .last = последнее открытие письма
thing-click = клик
    .many = клики
    .few = клика
    .of = кликов
    .last = последний клик
thing-campaign_received = полученная рассылка
    .many = полученные рассылки
    .few = полученные рассылки
    .of = полученных рассылок
    .last = последняя полученная рассылка
thing-coupon_redeem = использованный купон
    .many = использованные купоны
    .few = использованных купона
    .of = использованных купонов
    .last = последний использованный купон
thing-booking = бронирование
    .many = бронирования
    .few = бронирования
    .of = бронирований
    .last = последнее бронирование
thing-trip = поездка
    .many = поездки
    .few = поездки
    .of = поездок
    .last = последняя поездка
thing-lesson = урок
    .many = уроки
    .few = урока
    .of = уроков
    .last = последний урок
thing-download = скачивание
    .many = скачивания
    .few = скачивания
    .of = скачиваний
    .last = последнее скачивание
thing-ticket = обращение в поддержку
    .many = обращения в поддержку
    .few = обращения в поддержку
    .of = обращений в поддержку
    .last = последнее обращение в поддержку
thing-complaint = жалоба
    .many = жалобы
    .few = жалобы
    .of = жалоб
    .last = последняя жалоба
thing-call = звонок
    .many = звонки
    .few = звонка
    .of = звонков
    .last = последний звонок
thing-chat = чат
    .many = чаты
    .few = чата
    .of = чатов
    .last = последний чат
thing-message = сообщение
    .many = сообщения
    .few = сообщения
    .of = сообщений
    .last = последнее сообщение
thing-review = отзыв
    .many = отзывы
    .few = отзыва
    .of = отзывов
    .last = последний отзыв
thing-rating = оценка
    .many = оценки
    .few = оценки
    .of = оценок
    .last = последняя оценка
thing-survey = опрос
    .many = опросы
    .few = опроса
    .of = опросов
    .last = последний опрос
thing-nps = оценка NPS
    .many = оценки NPS
    .few = оценки NPS
    .of = оценок NPS
    .last = последняя оценка NPS
thing-csat = оценка CSAT
    .many = оценки CSAT
    .few = оценки CSAT
    .of = оценок CSAT
    .last = последняя оценка CSAT
thing-invoice = счёт
    .many = счета
    .few = счёта
    .of = счетов
    .last = последний счёт
thing-delivery = доставка
    .many = доставки
    .few = доставки
    .of = доставок
    .last = последняя доставка
thing-balance = баланс
    .many = балансы
    .few = баланса
    .of = балансов
    .last = последний баланс
thing-points = баланс баллов
    .many = балансы баллов
    .few = баланса баллов
    .of = балансов баллов
    .last = последний баланс баллов
thing-price = цена
    .many = цены
    .few = цены
    .of = цен
    .last = последняя цена
thing-plan = тариф
    .many = тарифы
    .few = тарифа
    .of = тарифов
    .last = последний тариф
thing-plan_price = цена тарифа
    .many = цены тарифов
    .few = цены тарифа
    .of = цен тарифов
    .last = последняя цена тарифа
thing-country = страна
    .many = страны
    .few = страны
    .of = стран
    .last = последняя страна
thing-city = город
    .many = города
    .few = города
    .of = городов
    .last = последний город
thing-age = возраст
    .many = возрасты
    .few = возраста
    .of = возрастов
    .last = последний возраст
thing-segment = сегмент
    .many = сегменты
    .few = сегмента
    .of = сегментов
    .last = последний сегмент
thing-channel = канал
    .many = каналы
    .few = канала
    .of = каналов
    .last = последний канал
thing-store = магазин
    .many = магазины
    .few = магазина
    .of = магазинов
    .last = последний магазин
thing-buy = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-sale = { thing-purchase }
    .many = { thing-purchase.many }
    .few = { thing-purchase.few }
    .of = { thing-purchase.of }
    .last = { thing-purchase.last }
thing-order_placed = { thing-order }
    .many = { thing-order.many }
    .few = { thing-order.few }
    .of = { thing-order.of }
    .last = { thing-order.last }
thing-pay = { thing-payment }
    .many = { thing-payment.many }
    .few = { thing-payment.few }
    .of = { thing-payment.of }
    .last = { thing-payment.last }
thing-log_in = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-logon = { thing-login }
    .many = { thing-login.many }
    .few = { thing-login.few }
    .of = { thing-login.of }
    .last = { thing-login.last }
thing-renew = { thing-renewal }
    .many = { thing-renewal.many }
    .few = { thing-renewal.few }
    .of = { thing-renewal.of }
    .last = { thing-renewal.last }
thing-subscribe = { thing-subscription }
    .many = { thing-subscription.many }
    .few = { thing-subscription.few }
    .of = { thing-subscription.of }
    .last = { thing-subscription.last }
thing-cancellation = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-cancelled = { thing-cancel }
    .many = { thing-cancel.many }
    .few = { thing-cancel.few }
    .of = { thing-cancel.of }
    .last = { thing-cancel.last }
thing-email_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-e_mail_open = { thing-open }
    .many = { thing-open.many }
    .few = { thing-open.few }
    .of = { thing-open.of }
    .last = { thing-open.last }
thing-email_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-e_mail_click = { thing-click }
    .many = { thing-click.many }
    .few = { thing-click.few }
    .of = { thing-click.of }
    .last = { thing-click.last }
thing-support_ticket = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-ticket_opened = { thing-ticket }
    .many = { thing-ticket.many }
    .few = { thing-ticket.few }
    .of = { thing-ticket.of }
    .last = { thing-ticket.last }
thing-loyalty_points = { thing-points }
    .many = { thing-points.many }
    .few = { thing-points.few }
    .of = { thing-points.of }
    .last = { thing-points.last }
thing-nps_score = { thing-nps }
    .many = { thing-nps.many }
    .few = { thing-nps.few }
    .of = { thing-nps.of }
    .last = { thing-nps.last }
thing-pageview = { thing-page_view }
    .many = { thing-page_view.many }
    .few = { thing-page_view.few }
    .of = { thing-page_view.of }
    .last = { thing-page_view.last }
thing-ride = { thing-trip }
    .many = { thing-trip.many }
    .few = { thing-trip.few }
    .of = { thing-trip.of }
    .last = { thing-trip.last }
thing-reservation = { thing-booking }
    .many = { thing-booking.many }
    .few = { thing-booking.few }
    .of = { thing-booking.of }
    .last = { thing-booking.last }
