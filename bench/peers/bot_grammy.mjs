// SPDX-License-Identifier: MIT
// The echo bot in grammY, with its runner, which handles updates at the same time. BOT_TOKEN, BOT_API_ROOT.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const need = async name => (await import(pathToFileURL(join(process.env.TOBS_PEERS, 'node_modules', name)))).default
const { Bot } = await need('grammy/out/mod.js')
const { run, sequentialize } = await need('@grammyjs/runner/out/mod.js')
const bot = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.BOT_API_ROOT } })

bot.use(sequentialize(ctx => String(ctx.chat?.id)))
for (let i = 0; i < 5; i++) bot.use((ctx, next) => next())
bot.command('start', ctx => ctx.reply('Send me anything.'))
bot.on('message:text', ctx => ctx.reply(ctx.message.text))
run(bot)
process.once('SIGTERM', () => process.exit(0))
