// SPDX-License-Identifier: MIT
// A bot as people write it with grammY or telegraf, for whom the simulator is just
// another API root. Tells on standard output what it saw, a line of JSON each.
//
//     BOT_TOKEN=… BOT_API_ROOT=… node bot_flows.mjs grammy|telegraf polling|webhook|runner
//
// A runner is grammY's own, which handles updates of several chats at the same time.
//
// /start        greets, with a button
// the button    an answer, and another text in its place
// /file /photo /album   sends files
// a file        is fetched; its size and SHA-256 are told
// inline        finds two articles
// /buy          an invoice in Stars; what is paid is refunded
// /poll         asks, and closes the poll after the first vote
// /menu         its commands, as they were set
// who asks to be let in is let in; who is, is greeted
// other text    comes back as a reply
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const [, , LIBRARY, HOW] = process.argv
const TOKEN = process.env.BOT_TOKEN
const ROOT = process.env.BOT_API_ROOT
const SECRET = 'only-you-know_1'
const PATH = '/hook'
const KINDS = ['message', 'edited_message', 'channel_post', 'callback_query', 'inline_query', 'chosen_inline_result',
               'message_reaction', 'my_chat_member', 'chat_member', 'chat_join_request', 'poll_answer', 'pre_checkout_query']

// 1x1, black: what the smallest PNG can be.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64')
const NOTES = Buffer.from('Beds 1 to 9: watered.\n'.repeat(5000))

const tell = (saw, more = {}) => process.stdout.write(JSON.stringify({ saw, ...more }) + '\n')
const keyboard = { inline_keyboard: [[{ text: 'More', callback_data: 'more:1' }, { text: 'Site', url: 'https://example.org/' }]] }
const articles = query => ['first', 'second'].map(id => ({
  type: 'article', id, title: `${query} ${id}`, input_message_content: { message_text: `${id} of ${query}` },
}))

async function fetched(url) {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${answer.status} for a file`)
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

let asked // the newest poll

// What both libraries call the same.
function teach(bot, own) {
  bot.command('start', async ctx => {
    const sent = await ctx.reply(`Hello, ${ctx.from.first_name}`, { reply_markup: keyboard })
    tell('start', { from: ctx.from.id, sent: sent.message_id, chat: sent.chat.id })
  })
  bot.command('file', async ctx => {
    await own.action(ctx, 'upload_document')
    const sent = await own.document(ctx, NOTES, 'notes.txt', { caption: '<b>Notes</b> & more'.replace('&', '&amp;'), parse_mode: 'HTML' })
    tell('file', { ...sent.document, caption: sent.caption, entities: sent.caption_entities, ...await fetched(await own.link(ctx, sent.document.file_id)) })
  })
  bot.command('photo', async ctx => {
    const sent = await own.photo(ctx, PNG, 'dot.png')
    tell('photo', { sizes: sent.photo.length, width: sent.photo.at(-1).width })
    // The same once more, by its id.
    await ctx.replyWithPhoto(sent.photo.at(-1).file_id, { caption: 'again' })
  })
  bot.command('album', async ctx => {
    const sent = await own.album(ctx, [['one', PNG], ['two', PNG]])
    tell('album', { count: sent.length, groups: new Set(sent.map(m => m.media_group_id)).size, captions: sent.map(m => m.caption) })
  })
  bot.command('wrong', async ctx => {
    try {
      await own.send(ctx, 404404404, 'anybody there?')
      tell('wrong')
    } catch (error) {
      tell('wrong', own.error(error))
    }
  })
  bot.command('buy', async ctx => {
    const sent = await own.invoice(ctx, { title: 'A packet of seeds', description: 'Beans', payload: 'seeds-1', currency: 'XTR',
                                          provider_token: '', prices: [{ label: 'Beans', amount: 7 }] })
    tell('invoice', { ...sent.invoice })
  })
  bot.command('poll', async ctx => {
    const sent = await own.poll(ctx, 'Tea?', ['Yes', 'No', 'Later'], { is_anonymous: false })
    asked = { chat: sent.chat.id, id: sent.message_id }
    tell('poll', { options: sent.poll.options.map(o => o.text), votes: sent.poll.total_voter_count, anonymous: sent.poll.is_anonymous })
  })
  bot.command('menu', async ctx => {
    const commands = [{ command: 'start', description: 'Hello' }, { command: 'buy', description: 'Seeds' }]
    await own.raw(ctx).setMyCommands(commands, { language_code: 'de' })
    const [german, others] = [await own.raw(ctx).getMyCommands({ language_code: 'de' }), await own.raw(ctx).getMyCommands()]
    tell('menu', { same: JSON.stringify(german) === JSON.stringify(commands), others: others.map(c => c.command) })
  })
  bot.on('pre_checkout_query', async ctx => {
    const { currency, total_amount, invoice_payload } = ctx.preCheckoutQuery
    await ctx.answerPreCheckoutQuery(true)
    tell('checkout', { currency, total: total_amount, payload: invoice_payload })
  })
  bot.on('poll_answer', async ctx => {
    const { user, option_ids } = ctx.pollAnswer
    const poll = await own.raw(ctx).stopPoll(asked.chat, asked.id)
    tell('vote', { user: user.id, options: option_ids, closed: poll.is_closed, counts: poll.options.map(o => o.voter_count) })
  })
  bot.on('chat_join_request', async ctx => {
    const { from, chat } = ctx.chatJoinRequest
    await own.raw(ctx).approveChatJoinRequest(chat.id, from.id)
    const member = await own.raw(ctx).getChatMember(chat.id, from.id)
    tell('joined', { user: from.id, chat: chat.id, status: member.status, members: await own.members(ctx, chat.id) })
  })
  bot.on('chat_member', async ctx => {
    const { old_chat_member, new_chat_member } = ctx.chatMember
    tell('members', { user: new_chat_member.user.id, was: old_chat_member.status, is: new_chat_member.status })
  })
  bot.on('callback_query', async ctx => {
    const { id, data, message } = ctx.callbackQuery
    await own.answer(ctx, `you pressed ${data}`)
    await ctx.editMessageText('Here is more.')
    tell('button', { data, text: message?.text, from: ctx.from.id, id: typeof id })
  })
  bot.on('inline_query', async ctx => {
    await ctx.answerInlineQuery(articles(ctx.inlineQuery.query), { cache_time: 0, is_personal: true })
    tell('inline', { query: ctx.inlineQuery.query, from: ctx.from.id })
  })
  bot.on('chosen_inline_result', async ctx => tell('chosen', { result: ctx.chosenInlineResult.result_id, query: ctx.chosenInlineResult.query }))
  bot.on('edited_message', async ctx => tell('edited', { text: ctx.editedMessage.text, id: ctx.editedMessage.message_id }))
  bot.on('message_reaction', async ctx => tell('reaction', { now: ctx.messageReaction.new_reaction.map(r => r.emoji), id: ctx.messageReaction.message_id }))
  bot.on('my_chat_member', async ctx => tell('member', { status: ctx.myChatMember.new_chat_member.status, chat: ctx.chat.id }))
  bot.on('message', async ctx => {
    const m = ctx.message
    if (m.successful_payment) {
      const { telegram_payment_charge_id: charge, total_amount: total } = m.successful_payment
      const back = await own.refund(ctx, ctx.from.id, charge)
      tell('paid', { total, charge: charge.length > 0, back })
      return
    }
    const file = m.document ?? m.video ?? m.voice ?? m.audio ?? m.sticker ?? m.photo?.at(-1)
    if (file) {
      tell('came', { kind: ['photo', 'video', 'voice', 'audio', 'sticker', 'document'].find(k => k in m), told: file.file_size,
                     ...await fetched(await own.link(ctx, file.file_id)) })
    } else if (m.text !== undefined) {
      const sent = await ctx.reply(m.text, { reply_parameters: { message_id: m.message_id } })
      tell('text', { text: m.text, entities: m.entities ?? [], from: ctx.from.id, chat: ctx.chat.id, title: ctx.chat.title,
                     back: sent.text, reply: sent.reply_to_message?.message_id === m.message_id })
    }
  })
}

async function grammy() {
  const { Bot, InputFile, InputMediaBuilder, webhookCallback } = await import('grammy')
  const bot = new Bot(TOKEN, { client: { apiRoot: ROOT, canUseWebhookReply: method => method === 'sendChatAction' } })
  teach(bot, {
    action: (ctx, what) => ctx.replyWithChatAction(what),
    document: (ctx, bytes, name, more) => ctx.replyWithDocument(new InputFile(bytes, name), more),
    photo: (ctx, bytes, name) => ctx.replyWithPhoto(new InputFile(bytes, name)),
    album: (ctx, items) => ctx.replyWithMediaGroup(items.map(([caption, bytes]) =>
      InputMediaBuilder.photo(new InputFile(bytes, 'dot.png'), { caption }))),
    raw: ctx => ctx.api,
    invoice: (ctx, { title, description, payload, currency, prices }) =>
      ctx.replyWithInvoice(title, description, payload, currency, prices),
    poll: (ctx, question, options, more) => ctx.replyWithPoll(question, options.map(text => ({ text })), more),
    members: (ctx, chat) => ctx.api.getChatMemberCount(chat),
    refund: (ctx, user, charge) => ctx.api.refundStarPayment(user, charge),
    send: (ctx, chat, text) => ctx.api.sendMessage(chat, text),
    error: error => ({ code: error.error_code ?? null, text: error.description ?? error.message, wait: error.parameters?.retry_after ?? null }),
    answer: (ctx, text) => ctx.answerCallbackQuery({ text, show_alert: true }),
    link: async (ctx, id) => `${ROOT}/file/bot${TOKEN}/${(await ctx.api.getFile(id)).file_path}`,
  })
  bot.catch(error => tell('error', { text: String(error.error?.stack ?? error) }))
  let running
  const runner = async () => {
    const { run } = (await import('@grammyjs/runner')).default
    running = run(bot, { runner: { fetch: { allowed_updates: KINDS } } })
    return running.task()
  }
  const me = async () => {
    await bot.init()
    return bot.botInfo
  }
  return {
    me,
    poll: () => HOW === 'runner' ? runner() : bot.start({ allowed_updates: KINDS }),
    hook: () => webhookCallback(bot, 'http', { secretToken: SECRET }),
    set: url => bot.api.setWebhook(url, { secret_token: SECRET, allowed_updates: KINDS }),
    info: () => bot.api.getWebhookInfo(),
    stop: () => HOW === 'runner' ? running.stop() : HOW === 'polling' ? bot.stop() : bot.api.deleteWebhook(),
  }
}

async function telegraf() {
  const { Telegraf, Input } = (await import('telegraf')).default
  const bot = new Telegraf(TOKEN, { telegram: { apiRoot: ROOT, webhookReply: true } })
  teach(bot, {
    action: (ctx, what) => ctx.sendChatAction(what),
    document: (ctx, bytes, name, more) => ctx.replyWithDocument(Input.fromBuffer(bytes, name), more),
    photo: (ctx, bytes, name) => ctx.replyWithPhoto(Input.fromBuffer(bytes, name)),
    album: (ctx, items) => ctx.replyWithMediaGroup(items.map(([caption, bytes]) =>
      ({ type: 'photo', media: Input.fromBuffer(bytes, 'dot.png'), caption }))),
    raw: ctx => ctx.telegram,
    invoice: (ctx, invoice) => ctx.replyWithInvoice(invoice),
    poll: (ctx, question, options, more) => ctx.replyWithPoll(question, options, more),
    members: (ctx, chat) => ctx.telegram.getChatMembersCount(chat),
    refund: (ctx, user, charge) => ctx.telegram.callApi('refundStarPayment', { user_id: user, telegram_payment_charge_id: charge }),
    send: (ctx, chat, text) => ctx.telegram.sendMessage(chat, text),
    error: error => ({ code: error.response?.error_code ?? null, text: error.response?.description ?? error.message,
                       wait: error.response?.parameters?.retry_after ?? null }),
    answer: (ctx, text) => ctx.answerCbQuery(text, { show_alert: true }),
    link: async (ctx, id) => String(await ctx.telegram.getFileLink(id)),
  })
  bot.catch(error => tell('error', { text: String(error?.stack ?? error) }))
  return {
    me: () => bot.telegram.getMe(),
    poll: () => bot.launch({ allowedUpdates: KINDS }),
    hook: () => bot.webhookCallback(PATH, { secretToken: SECRET }),
    set: url => bot.telegram.setWebhook(url, { secret_token: SECRET, allowed_updates: KINDS }),
    info: () => bot.telegram.getWebhookInfo(),
    stop: () => HOW === 'polling' ? bot.stop() : bot.telegram.deleteWebhook(),
  }
}

const made = await { grammy, telegraf }[LIBRARY]()
const me = await made.me()
let server
if (HOW === 'webhook') {
  // The libraries' own handler, and around it what the test wants to know of the requests.
  const hook = made.hook()
  server = createServer((request, response) => {
    const end = response.end
    response.end = function (body, ...more) {
      const method = body && JSON.parse(body).method
      if (method) tell('inside', { method })
      return end.call(this, body, ...more)
    }
    hook(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await made.set(`http://127.0.0.1:${server.address().port}${PATH}`)
  const { url, pending_update_count: pending, allowed_updates: kinds } = await made.info()
  tell('up', { me: me.username, port: server.address().port, url, pending, kinds: kinds.length })
} else {
  tell('up', { me: me.username })
  // telegraf's lasts until the end, as grammY's does.
  made.poll().then(() => tell('down'), error => tell('ended', { text: error.message }))
}

process.once('SIGTERM', async () => {
  await made.stop()
  server?.close()
  server?.closeAllConnections()
})
