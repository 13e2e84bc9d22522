// SPDX-License-Identifier: MIT
// The echo bot in telegraf. BOT_TOKEN, BOT_API_ROOT, and BOT_WEBHOOK_PORT for a webhook instead of polling.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import http from 'node:http'

const { Telegraf } = (await import(pathToFileURL(join(process.env.TOBS_PEERS, 'node_modules/telegraf/lib/index.js')))).default
const bot = new Telegraf(process.env.BOT_TOKEN, {
  telegram: { apiRoot: process.env.BOT_API_ROOT, agent: new http.Agent({ keepAlive: true }) },
})

for (let i = 0; i < 5; i++) bot.use((ctx, next) => next())
bot.command('start', ctx => ctx.reply('Send me anything.'))
bot.on('text', ctx => ctx.reply(ctx.message.text))
const port = Number(process.env.BOT_WEBHOOK_PORT)
bot.launch(port ? { webhook: { domain: `http://127.0.0.1:${port}`, path: '/hook', port } } : {})
process.once('SIGTERM', () => process.exit(0))
