/* SPDX-License-Identifier: MIT */
/*
 * The table of words.h: X(name, English, Russian). Nothing in a phrase may mean
 * anything to Markdown.
 */
#ifndef EXPORT_WORDS_TABLE_H
#define EXPORT_WORDS_TABLE_H

/* clang-format off */
#define WORD_MAP(X) \
	/* ---- people and chats ---- */ \
	X(USER_UNKNOWN, "User {0}", "Пользователь {0}") \
	X(CHAT_UNKNOWN, "Chat {0}", "Чат {0}") \
	X(DELETED_ACCOUNT, "Deleted account", "Удалённый аккаунт") \
	X(SOMEBODY, "Somebody", "Кто-то") \
	X(AND, "{0} and {1}", "{0} и {1}") \
	X(AND_MORE, "{0} and {n} more", "{0} и ещё {n}") \
	X(KIND_USER, "Private chat", "Личный чат") \
	X(KIND_BOT, "Chat with a bot", "Чат с ботом") \
	X(KIND_GROUP, "Group", "Группа") \
	X(KIND_FORUM, "Forum", "Форум") \
	X(KIND_CHANNEL, "Channel", "Канал") \
	/* ---- the head of a message ---- */ \
	X(ANONYMOUS_ADMIN, "anonymous admin", "анонимный администратор") \
	X(AS_CHANNEL, "as a channel", "от имени канала") \
	X(VIA, "via {0}", "через {0}") \
	X(IN_TOPIC, "in {0}", "в теме {0}") \
	X(VIEW_ONCE, "⏱ to be seen once", "⏱ для одного просмотра") \
	X(LIST_OF, "list of {0}", "список: {0}") \
	X(PINNED, "📌 pinned", "📌 закреплено") \
	X(DELETED, "🗑 deleted later", "🗑 позже удалено") \
	X(BOOSTS, "{n} boost|{n} boosts", "{n} буст|{n} буста|{n} бустов") \
	X(PAID_TO_SEND, "⭐ {n} to send it", "⭐ {n} за отправку") \
	X(DELETES_ITSELF, "⏱ {0}", "⏱ {0}") \
	X(FORWARDED_FROM, "↪ forwarded from {0}", "↪ переслано от {0}") \
	X(FORWARDED, "↪ forwarded", "↪ переслано") \
	X(IMPORTED, "imported", "импортировано") \
	X(SAVED_FROM, "saved from {0}", "сохранено из {0}") \
	X(REPLY, "↩ {0}", "↩ {0}") \
	X(REPLY_MISSING, "↩ message {0}, which is not in the archive", "↩ сообщение {0}, которого нет в архиве") \
	X(REPLY_HIDDEN, "↩ a message that is not to be seen here", "↩ сообщение, недоступное здесь") \
	X(REPLY_STORY, "↩ story {0}", "↩ история {0}") \
	X(REPLY_QUOTE, "“{0}”", "«{0}»") \
	X(IN_CHAT, "{0} in {1}", "{0} в {1}") \
	X(MESSAGE_OF, "message {0}", "сообщение {0}") \
	X(MESSAGE, "message", "сообщение") \
	/* ---- the foot ---- */ \
	X(EDITED, "edited {0}", "изменено {0}") \
	X(VIEWS, "👁 {n}", "👁 {n}") \
	X(FORWARDS, "↗ {n}", "↗ {n}") \
	X(COMMENTS, "💬 {n} comment|💬 {n} comments", "💬 {n} комментарий|💬 {n} комментария|💬 {n} комментариев") \
	X(REPLIES, "💬 {n} reply|💬 {n} replies", "💬 {n} ответ|💬 {n} ответа|💬 {n} ответов") \
	X(CUSTOM_REACTION, "custom emoji", "особый эмодзи") \
	X(OWN, "{0} (you)", "{0} (вы)") \
	X(FACT_CHECK, "Fact check", "Проверка фактов") \
	X(FACT_CHECK_IN, "Fact check ({0})", "Проверка фактов ({0})") \
	X(RESTRICTED, "Restricted: {0}", "Ограничено: {0}") \
	X(BUTTON, "button", "кнопка") \
	X(BUTTON_COPY, "{0} (copies “{1}”)", "{0} (копирует «{1}»)") \
	X(BUTTON_QUERY, "{0} (inline “{1}”)", "{0} (inline «{1}»)") \
	X(RICH, "Rich message, as plain text", "Сообщение с разметкой, простым текстом") \
	X(UNSUPPORTED, "❔ This version of tobs cannot show “{0}”", "❔ Эта версия tobs не умеет показывать «{0}»") \
	X(SUGGESTED, "suggested post", "предложенная публикация") \
	X(SUGGESTED_YES, "suggested post, accepted", "предложенная публикация, принята") \
	X(SUGGESTED_NO, "suggested post, rejected", "предложенная публикация, отклонена") \
	X(SUGGESTED_PAID, "paid post", "оплаченная публикация") \
	/* ---- media ---- */ \
	X(NOT_DOWNLOADED, "not downloaded", "не загружено") \
	X(NOT_DOWNLOADED_AS, "not downloaded: {0}", "не загружено: {0}") \
	X(PHOTO, "🖼 Photo", "🖼 Фото") \
	X(LIVE_PHOTO, "🖼 Live photo", "🖼 Живое фото") \
	X(VIDEO, "🎬 Video", "🎬 Видео") \
	X(ROUND, "⏺ Video message", "⏺ Видеосообщение") \
	X(ANIMATION, "🎞 GIF", "🎞 GIF") \
	X(VOICE, "🎤 Voice message", "🎤 Голосовое сообщение") \
	X(AUDIO, "🎵 Audio", "🎵 Аудио") \
	X(STICKER, "Sticker", "Стикер") \
	X(DOCUMENT, "📄 File", "📄 Файл") \
	X(COVER, "cover", "обложка") \
	X(SPOILER, "spoiler", "спойлер") \
	X(STARTS_AT, "starts at {0}", "начало с {0}") \
	X(LOCATION, "📍 Location", "📍 Место") \
	X(LIVE_LOCATION, "📍 Live location for {0}", "📍 Место, трансляция {0}") \
	X(MAP, "map", "карта") \
	X(CONTACT, "👤 contact", "👤 контакт") \
	X(POLL, "📊 anonymous poll", "📊 анонимный опрос") \
	X(POLL_PUBLIC, "📊 public poll", "📊 открытый опрос") \
	X(QUIZ, "📊 quiz", "📊 викторина") \
	X(POLL_MULTIPLE, "several answers", "несколько ответов") \
	X(POLL_CLOSED, "closed", "завершён") \
	X(POLL_CLOSES, "until {0}", "до {0}") \
	X(VOTES, "{n} vote|{n} votes", "{n} голос|{n} голоса|{n} голосов") \
	X(POLL_CHOSEN, "your vote", "ваш голос") \
	X(POLL_CORRECT, "✓ correct", "✓ верно") \
	X(POLL_SOLUTION, "Explanation: {0}", "Пояснение: {0}") \
	X(TODO, "📝 to-do list", "📝 список задач") \
	X(TODO_DONE, "{0} of {n} done", "готово {0} из {n}") \
	X(DICE, "dice", "кубик") \
	X(DICE_STAKE, "stake {0}", "ставка {0}") \
	X(DICE_WON, "won {0}", "выигрыш {0}") \
	X(GAME, "🎮 game", "🎮 игра") \
	X(INVOICE, "🧾 invoice", "🧾 счёт") \
	X(INVOICE_TEST, "test", "тестовый") \
	X(INVOICE_PAID, "paid", "оплачен") \
	X(GIVEAWAY, "🎁 Giveaway", "🎁 Розыгрыш") \
	X(GIVEAWAY_RESULTS, "🎁 Giveaway results", "🎁 Итоги розыгрыша") \
	X(PRIZE_PREMIUM, "{0} × Telegram Premium for {n} month|{0} × Telegram Premium for {n} months", "{0} × Telegram Premium на {n} месяц|{0} × Telegram Premium на {n} месяца|{0} × Telegram Premium на {n} месяцев") \
	X(PRIZE_STARS, "{n} Star|{n} Stars", "{n} звезда|{n} звезды|{n} звёзд") \
	X(PRIZE_STARS_FOR, "{n} Star for {0}|{n} Stars for {0}", "{n} звезда на {0}|{n} звезды на {0}|{n} звёзд на {0}") \
	X(WINNERS, "{n} winner|{n} winners", "{n} победитель|{n} победителя|{n} победителей") \
	X(WINNERS_NAMED, "winners: {0}", "победители: {0}") \
	X(UNCLAIMED, "{n} prize unclaimed|{n} prizes unclaimed", "{n} приз не получен|{n} приза не получено|{n} призов не получено") \
	X(REFUNDED, "refunded", "возвращено") \
	X(UNTIL, "until {0}", "до {0}") \
	X(ONLY_NEW, "new subscribers only", "только новые подписчики") \
	X(COUNTRIES, "countries: {0}", "страны: {0}") \
	X(STORY, "📖 Story of {0}", "📖 История: {0}") \
	X(STORY_MENTION, "📖 Mentioned in a story of {0}", "📖 Упоминание в истории: {0}") \
	X(PAID_MEDIA, "⭐ {n} Star to see|⭐ {n} Stars to see", "⭐ {n} звезда за просмотр|⭐ {n} звезды за просмотр|⭐ {n} звёзд за просмотр") \
	X(NOT_BOUGHT, "🔒 not bought", "🔒 не куплено") \
	X(CALL_STREAM, "🔴 Live stream", "🔴 Трансляция") \
	X(EXPIRED, "⌛ {0}: it deleted itself", "⌛ {0}: удалилось само") \
	X(MEDIA, "Media", "Медиа") \
	/* ---- service messages ---- */ \
	X(A_CREATE_GROUP, "{0} created the group “{1}”", "{0}: создана группа «{1}»") \
	X(A_CREATE_GROUP_OF, "{0} created the group “{1}” with {2}", "{0}: создана группа «{1}», участники: {2}") \
	X(A_CREATE_CHANNEL, "Channel “{1}” created", "Создан канал «{1}»") \
	X(A_CREATE_SUPER, "{0} created the group “{1}”", "{0}: создана группа «{1}»") \
	X(A_TITLE, "{0} changed the title to “{1}”", "{0}: новое название «{1}»") \
	X(A_PHOTO, "{0} changed the photo", "{0}: новая фотография") \
	X(A_PHOTO_SUGGEST, "{0} suggested a profile photo", "{0}: предложена фотография профиля") \
	X(A_PHOTO_DELETE, "{0} removed the photo", "{0}: фотография удалена") \
	X(A_HISTORY, "{0} cleared the history", "{0}: история очищена") \
	X(A_SCREENSHOT, "{0} took a screenshot", "{0}: снимок экрана") \
	X(A_JOINED_TELEGRAM, "{0} joined Telegram", "{0} теперь в Telegram") \
	X(A_JOIN_REQUEST, "{0} was accepted into the chat", "{0}: заявка на вступление принята") \
	X(A_JOIN_LINK, "{0} joined by a link of {1}", "{0}: вступление по ссылке от {1}") \
	X(A_JOIN_LINK_ANY, "{0} joined by a link", "{0}: вступление по ссылке") \
	X(A_JOIN, "{0} joined", "{0}: вступление в чат") \
	X(A_LEAVE, "{0} left", "{0}: выход из чата") \
	X(A_INVITE, "{0} added {1}", "{0}: добавлены {1}") \
	X(A_REMOVE, "{0} removed {1}", "{0}: удалены {1}") \
	X(A_CALL_INVITE, "{0} invited {1} to the video chat", "{0}: приглашены в видеочат {1}") \
	X(A_MIGRATE_TO, "The group became a supergroup", "Группа стала супергруппой") \
	X(A_MIGRATE_FROM, "The group “{0}” became this supergroup", "Группа «{0}» стала этой супергруппой") \
	X(A_CREATOR, "{0} made {1} the owner", "{0}: новый владелец {1}") \
	X(A_CREATOR_PENDING, "{1} will become the owner when {0} leaves", "{1} станет владельцем, если {0} выйдет") \
	X(A_COMMUNITY, "{0} linked the chat to community {1}", "{0}: чат связан с сообществом {1}") \
	X(A_COMMUNITY_NONE, "{0} took the chat out of its community", "{0}: чат исключён из сообщества") \
	X(A_BOT_CREATED, "{0} created the bot {1}", "{0}: создан бот {1}") \
	X(A_PIN, "{0} pinned {1}", "{0}: закреплено {1}") \
	X(A_PIN_ANY, "{0} pinned a message", "{0}: закреплено сообщение") \
	X(A_SCORE, "{0} scored {n}", "{0}: счёт {n}") \
	X(A_SCORE_IN, "{0} scored {n} in {1}", "{0}: счёт {n} в {1}") \
	X(A_CALL, "📞 {0} called", "📞 {0}: звонок") \
	X(A_CALL_VIDEO, "📹 {0} called with video", "📹 {0}: видеозвонок") \
	X(A_CALL_MISSED, "missed", "пропущен") \
	X(A_CALL_BUSY, "busy", "занято") \
	X(A_CALL_CUT, "connection lost", "связь прервалась") \
	X(A_CALL_GROUP, "became a group call", "стал групповым") \
	X(A_CONFERENCE, "📞 Group call", "📞 Групповой звонок") \
	X(A_CONFERENCE_VIDEO, "📹 Group video call", "📹 Групповой видеозвонок") \
	X(A_CALL_ACTIVE, "under way", "идёт") \
	X(A_CALL_WITH, "with {0}", "участники: {0}") \
	X(A_GROUP_CALL, "{0} started a video chat", "{0}: начат видеочат") \
	X(A_GROUP_CALL_END, "{0} ended the video chat ({1})", "{0}: видеочат завершён ({1})") \
	X(A_GROUP_CALL_PLAN, "{0} planned a video chat for {1}", "{0}: видеочат запланирован на {1}") \
	X(A_TTL, "{0} set messages to delete themselves after {1}", "{0}: автоудаление сообщений через {1}") \
	X(A_TTL_OFF, "{0} switched off deleting messages", "{0}: автоудаление сообщений выключено") \
	X(A_TTL_FROM, "{0} set messages to delete themselves after {1}, the setting of {2}", "{0}: автоудаление сообщений через {1}, настройка {2}") \
	X(A_THEME, "{0} changed the theme to {1}", "{0}: тема оформления {1}") \
	X(A_THEME_OFF, "{0} removed the theme", "{0}: тема оформления убрана") \
	X(A_WALLPAPER, "{0} set a wallpaper", "{0}: новые обои") \
	X(A_WALLPAPER_BOTH, "{0} set a wallpaper for both", "{0}: новые обои для обоих") \
	X(A_WALLPAPER_SAME, "{0} set the same wallpaper", "{0}: те же обои") \
	X(A_TOPIC, "{0} created the topic “{1}”", "{0}: создана тема «{1}»") \
	X(A_TOPIC_TITLE, "{0} renamed the topic to “{1}”", "{0}: новое название темы «{1}»") \
	X(A_TOPIC_ICON, "{0} changed the topic's icon", "{0}: новый значок темы") \
	X(A_TOPIC_NO_ICON, "{0} removed the topic's icon", "{0}: значок темы убран") \
	X(A_TOPIC_CLOSED, "{0} closed the topic", "{0}: тема закрыта") \
	X(A_TOPIC_OPENED, "{0} reopened the topic", "{0}: тема открыта") \
	X(A_TOPIC_HIDDEN, "{0} hid the topic", "{0}: тема скрыта") \
	X(A_TOPIC_SHOWN, "{0} showed the topic again", "{0}: тема снова видна") \
	X(A_TOPIC_EDITED, "{0} changed the topic", "{0}: тема изменена") \
	X(A_PROXIMITY, "{0} is within {2} of {1}", "{0} на расстоянии {2}: {1}") \
	X(A_ALLOWED, "{0} allowed the bot to write", "{0}: боту разрешено писать") \
	X(A_ALLOWED_BY, "{0} allowed the bot to write, by logging in on {1}", "{0}: боту разрешено писать, вход на {1}") \
	X(A_ALLOWED_APP, "{0} allowed the bot to write, in the app {1}", "{0}: боту разрешено писать, приложение {1}") \
	X(A_ALLOWED_MENU, "{0} added the bot to the attachment menu", "{0}: бот добавлен в меню вложений") \
	X(A_WEBVIEW, "{0} sent data from “{1}” to the bot", "{0}: боту отправлены данные из «{1}»") \
	X(A_SHARED, "{0} shared {1} with the bot", "{0}: боту переданы {1}") \
	X(A_PASSPORT, "{0} sent passport data: {1}", "{0}: отправлены паспортные данные: {1}") \
	X(A_BOOST, "{0} boosted the group|{0} boosted the group {n} times", "{0}: {n} буст группе|{0}: {n} буста группе|{0}: {n} бустов группе") \
	X(A_BIRTHDAY, "{0} suggested a birthday: {1}", "{0}: предложена дата рождения: {1}") \
	X(A_PROTECT_ON, "{0} forbade copying and forwarding", "{0}: копирование и пересылка запрещены") \
	X(A_PROTECT_OFF, "{0} allowed copying and forwarding", "{0}: копирование и пересылка разрешены") \
	X(A_PROTECT_ASK, "{0} asked to allow copying and forwarding", "{0}: просьба разрешить копирование и пересылку") \
	X(A_PROTECT_ASK_ON, "{0} asked to forbid copying and forwarding", "{0}: просьба запретить копирование и пересылку") \
	X(A_TASKS_DONE, "{0} completed {1}", "{0}: выполнено {1}") \
	X(A_TASKS_UNDONE, "{0} reopened {1}", "{0}: снова открыто {1}") \
	X(A_TASKS_BOTH, "{0} completed {1} and reopened {2}", "{0}: выполнено {1}, снова открыто {2}") \
	X(A_TASKS_ADDED, "{0} added to the list: {1}", "{0}: добавлено в список: {1}") \
	X(TASK_N, "task {0}", "задача {0}") \
	X(A_POLL_ADDED, "{0} added an answer: {1}", "{0}: добавлен ответ: {1}") \
	X(A_POLL_REMOVED, "{0} removed an answer: {1}", "{0}: удалён ответ: {1}") \
	X(A_PAID, "{0} paid {1}", "{0}: оплата {1}") \
	X(A_PAID_FOR, "{0} paid {1} for {2}", "{0}: оплата {1}: {2}") \
	X(A_REFUNDED, "{0} refunded {1}", "{0}: возврат {1}") \
	X(A_RECURRING, "recurring", "регулярный платёж") \
	X(A_GIFT_PREMIUM, "🎁 {0} gave Telegram Premium for {n} day|🎁 {0} gave Telegram Premium for {n} days", "🎁 {0}: подарок, Telegram Premium на {n} день|🎁 {0}: подарок, Telegram Premium на {n} дня|🎁 {0}: подарок, Telegram Premium на {n} дней") \
	X(A_GIFT_CODE, "🎁 Code for Telegram Premium for {n} day|🎁 Code for Telegram Premium for {n} days", "🎁 Код Telegram Premium на {n} день|🎁 Код Telegram Premium на {n} дня|🎁 Код Telegram Premium на {n} дней") \
	X(A_GIFT_FROM, "from {0}", "от {0}") \
	X(A_GIFT_COST, "for {0}", "за {0}") \
	X(A_VIA_GIVEAWAY, "from a giveaway", "из розыгрыша") \
	X(A_UNCLAIMED, "unclaimed", "не получен") \
	X(A_GIFT_STARS_ANY, "🎁 {0} gave Telegram Stars", "🎁 {0}: подарок, звёзды Telegram") \
	X(A_GIFT_STARS, "🎁 {0} gave {1}", "🎁 {0}: подарок, {1}") \
	X(A_PRIZE_STARS, "🎁 Prize: {1}", "🎁 Приз: {1}") \
	X(A_GIVEAWAY, "🎁 {0} started a giveaway", "🎁 {0}: начат розыгрыш") \
	X(A_GIVEAWAY_STARS, "🎁 {0} started a giveaway of {1}", "🎁 {0}: начат розыгрыш, {1}") \
	X(A_GIVEAWAY_END, "🎁 The giveaway ended: {1}", "🎁 Розыгрыш завершён: {1}") \
	X(A_PRICE, "{0} set the price of a message to {1}", "{0}: цена сообщения {1}") \
	X(A_PRICE_FREE, "{0} made messages free", "{0}: сообщения бесплатны") \
	X(A_PRICE_DIRECT, "{0} opened direct messages to the channel", "{0}: открыты личные сообщения каналу") \
	X(A_MESSAGES_REFUND, "{0} refunded {1}", "{0}: возврат {1}") \
	X(A_MESSAGES_FOR, "{0} for {n} message|{0} for {n} messages", "{0} за {n} сообщение|{0} за {n} сообщения|{0} за {n} сообщений") \
	X(A_GIFT, "🎁 {0} sent a gift: {1}", "🎁 {0}: подарок: {1}") \
	X(A_GIFT_TO, "🎁 {0} sent a gift to {2}: {1}", "🎁 {0}: подарок для {2}: {1}") \
	X(A_GIFT_ANY, "gift", "подарок") \
	X(A_GIFT_LIMITED, "limited", "ограниченный") \
	X(A_GIFT_ANONYMOUS, "anonymously", "анонимно") \
	X(A_GIFT_CONVERTED, "changed into Stars", "обменян на звёзды") \
	X(A_GIFT_UPGRADED, "upgraded", "улучшен") \
	X(A_GIFT_UNIQUE, "🎁 {0} sent a collectible: {1}", "🎁 {0}: коллекционный подарок: {1}") \
	X(A_GIFT_UNIQUE_TO, "🎁 {0} sent a collectible to {2}: {1}", "🎁 {0}: коллекционный подарок для {2}: {1}") \
	X(A_GIFT_UPGRADE, "🎁 {0} turned a gift into a collectible: {1}", "🎁 {0}: подарок улучшен до коллекционного: {1}") \
	X(A_GIFT_TRANSFER, "🎁 {0} passed on a collectible: {1}", "🎁 {0}: передан коллекционный подарок: {1}") \
	X(A_GIFT_TRANSFER_TO, "🎁 {0} passed on a collectible to {2}: {1}", "🎁 {0}: коллекционный подарок передан, теперь у {2}: {1}") \
	X(A_GIFT_FIRST_BY, "first given by {0}", "первый даритель {0}") \
	X(A_GIFT_FIRST_TO, "first given to {0}", "первый владелец {0}") \
	X(A_GIFT_RESOLD, "resold for {0}", "перепродан за {0}") \
	X(A_OFFER, "{0} offered {1} for {2}", "{0}: предложение {1} за {2}") \
	X(A_OFFER_DECLINED, "{0} declined {1} for {2}", "{0}: отказ, {1} за {2}") \
	X(A_OFFER_EXPIRED, "The offer of {1} for {2} expired", "Предложение {1} за {2} истекло") \
	X(A_ACCEPTED, "accepted", "принято") \
	X(A_DECLINED, "declined", "отклонено") \
	X(A_EXPIRED, "expired", "истекло") \
	X(A_SUGGEST_YES, "{0} accepted the suggested post", "{0}: предложенная публикация принята") \
	X(A_SUGGEST_NO, "{0} rejected the suggested post", "{0}: предложенная публикация отклонена") \
	X(A_SUGGEST_POOR, "The suggested post failed: not enough money for {1}", "Публикация не состоялась: не хватило {1}") \
	X(A_SUGGEST_PAID, "The suggested post was published and paid with {1}", "Предложенная публикация вышла, оплата {1}") \
	X(A_SUGGEST_REFUND, "The payment for the suggested post was refunded", "Оплата предложенной публикации возвращена") \
	X(A_SUGGEST_REFUND_BY, "The payment for the suggested post was refunded by who paid it", "Оплата предложенной публикации возвращена плательщиком") \
	X(A_UNKNOWN, "{0}: {1}", "{0}: {1}") \
	X(REASON, "“{0}”", "«{0}»") \
	/* ---- units ---- */ \
	X(SECONDS, "{n} second|{n} seconds", "{n} секунда|{n} секунды|{n} секунд") \
	X(MINUTES, "{n} minute|{n} minutes", "{n} минута|{n} минуты|{n} минут") \
	X(HOURS, "{n} hour|{n} hours", "{n} час|{n} часа|{n} часов") \
	X(DAYS, "{n} day|{n} days", "{n} день|{n} дня|{n} дней") \
	X(WEEKS, "{n} week|{n} weeks", "{n} неделя|{n} недели|{n} недель") \
	X(MONTHS, "{n} month|{n} months", "{n} месяц|{n} месяца|{n} месяцев") \
	X(YEARS, "{n} year|{n} years", "{n} год|{n} года|{n} лет") \
	X(METRES, "{n} m", "{n} м") \
	X(STARS, "{n} Star|{n} Stars", "{n} звезда|{n} звезды|{n} звёзд") \
	X(SIZE_B, "{0} B", "{0} Б") \
	X(SIZE_KB, "{0} KB", "{0} КБ") \
	X(SIZE_MB, "{0} MB", "{0} МБ") \
	X(SIZE_GB, "{0} GB", "{0} ГБ")
/* clang-format on */

#endif
