# SPDX-License-Identifier: MIT
"""The echo bot in python-telegram-bot 13. BOT_TOKEN, BOT_API_ROOT."""
import os

from telegram.ext import CommandHandler, Filters, MessageHandler, Updater

updater = Updater(os.environ['BOT_TOKEN'], base_url=os.environ['BOT_API_ROOT'] + '/bot')
updater.dispatcher.add_handler(CommandHandler('start', lambda update, context: update.message.reply_text('Send me anything.')))
updater.dispatcher.add_handler(MessageHandler(Filters.text, lambda update, context: update.message.reply_text(update.message.text)))
updater.start_polling()
updater.idle()
