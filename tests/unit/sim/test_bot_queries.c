/* SPDX-License-Identifier: MIT */
/* Inline queries and their results; invoices and payments. */
#include <tobs/rt.h>

#include "sim/control.h"
#include "sim/history.h"
#include "support/sim_bots.h"

#define IVY "{'id':1,'is_bot':false,'first_name':'Ivy'}"

/* The value of the first member of that name. */
static void value_of(const char *answer, const char *name, char *ret, size_t size)
{
	char key[64];
	const char *at;
	size_t n;

	snprintf(key, sizeof key, "\"%s\":\"", name);
	at = strstr(answer, key);
	if (!at)
		fail_msg("no %s in %s", name, answer);
	at += strlen(key);
	n = strcspn(at, "\"");
	assert_true(n < size);
	memcpy(ret, at, n);
	ret[n] = 0;
}

static void has(const char *answer, const char *part)
{
	if (!strstr(answer, part))
		fail_msg("no %s in %s", part, answer);
}

/* ---- inline ---- */

static char query[64];

static void type_query(const char *text)
{
	char line[128];

	snprintf(line, sizeof line,
		"{'do':'inline','by':'ivy','bot':'bot','chat':'g','query':'%s'}", text);
	value_of(command(line), "query", query, sizeof query);
}

static const char *answer_with(const char *results)
{
	char args[2048];

	snprintf(args, sizeof args, "{'inline_query_id':'%s','results':[%s]}", query, results);
	return api("answerInlineQuery", args);
}

static void choose(const char *id, const char *chat)
{
	char line[256];

	snprintf(line, sizeof line, "{'do':'choose','query':'%s','result':'%s','chat':'%s'}", query,
		id, chat);
	command(line);
}

BOT_TEST(inline_results)
{
	type_query("cats");
	api_has("getUpdates", "{'offset':1}",
		"'from':" IVY ",'query':'cats','offset':'','chat_type':'group'}");
	has(answer_with("{'type':'article','id':'a','title':'A','input_message_content':"
			"{'message_text':'*hi*','parse_mode':'Markdown'}},"
			"{'type':'photo','id':'p','photo_url':'http://e.org/c.jpg','thumbnail_url':"
			"'http://e.org/t.jpg','caption':'c'},"
			"{'type':'location','id':'l','latitude':1,'longitude':2,'title':'L'}"),
		"\"result\":true");
	choose("a", "g");
	api_has("getUpdates", "{'offset':2}",
		"'chosen_inline_result':{'result_id':'a','from':" IVY ",'query':'cats'}");
	api_has("getUpdates", "{'offset':3}",
		"'via_bot':{'id':100,'is_bot':true,'first_name':'Bot','username':'tellbot'},'text':"
		"'hi','entities':[{'type':'bold','offset':0,'length':2}]}");
	choose("p", "g");
	api_has("getUpdates", "{'offset':4}", "'caption':'c'");
	choose("l", "g");
	api_has("getUpdates", "{'offset':5}", "'location':{'latitude':1.0,'longitude':2.0}");
	return TOBS_OK;
}

/* A message sent via the bot, where the bot is not: it knows no more than an id. */
BOT_TEST(inline_messages_are_edited)
{
	char id[128], args[512];

	type_query("x");
	answer_with("{'type':'article','id':'a','title':'A','input_message_content':"
		    "{'message_text':'one'},'reply_markup':{'inline_keyboard':[[{'text':'k',"
		    "'callback_data':'d'}]]}}");
	choose("a", "s");
	value_of(api("getUpdates", "{'offset':6}"), "inline_message_id", id, sizeof id);
	snprintf(args, sizeof args, "{'inline_message_id':'%s','text':'two'}", id);
	api_is("editMessageText", args, "true");
	snprintf(args, sizeof args,
		"{'inline_message_id':'%s','reply_markup':{'inline_keyboard':[[{'text':'k',"
		"'callback_data':'d'}]]}}",
		id);
	api_is("editMessageReplyMarkup", args, "true");
	command("{'do':'press','by':'ivy','chat':'s','button':'k'}");
	snprintf(args, sizeof args, "'inline_message_id':'%s','chat_instance':'", id);
	api_has("getUpdates", "{'offset':-1}", args);
	api_has("getUpdates", "{'offset':-1,'limit':2}", "'data':'d'}}]");
	return TOBS_OK;
}

BOT_TEST(inline_refusals)
{
	type_query("x");
	has(answer_with("{'type':'article','id':'a','title':'A'}"),
		"can't parse results: Can't find field \\\"input_message_content\\\"");
	has(answer_with("{'type':'sticker','id':'','sticker_file_id':'x'}"), "RESULT_ID_EMPTY");
	has(answer_with("{'type':'photo','id':'a','photo_file_id':'x'},{'type':'photo','id':'a',"
			"'photo_file_id':'y'}"),
		"RESULT_ID_DUPLICATE");
	has(answer_with(""), "\"result\":true");
	has(answer_with(""),
		"query is too old and response timeout expired or query ID is invalid");
	return TOBS_OK;
}

/* ---- payments ---- */

static struct tobs_buf paid;
static struct tobs_fiber *buyer;

static int buy(void *line)
{
	tobs_buf_clear(&paid);
	return sim_control_run(bots_sim, tobs_str(line), &paid);
}

/* Somebody pays, on a fiber of their own, as the bot has to answer meanwhile. */
static void begin_paying(char *line)
{
	for (char *p = line; *p; p++)
		if (*p == '\'')
			*p = '"';
	tobs_buf_init(&paid, 1 << 16);
	assert_ok(tobs_spawn(&buyer, buy, line, NULL));
}

static void end_paying(const char *want)
{
	assert_ok(tobs_join(buyer, NULL));
	has(tobs_buf_str(&paid), want);
	tobs_buf_deinit(&paid);
}

static void answer_order(const char *kind, const char *method, const char *key, const char *more)
{
	char id[64], args[512], filter[128];
	const char *updates = "", *at = NULL;

	snprintf(filter, sizeof filter, "\"%s\":{", kind);
	for (int i = 0; i < 100 && !at; i++) {
		assert_ok(tobs_sleep(1));
		snprintf(args, sizeof args, "{'offset':%d}", i + 10);
		updates = api("getUpdates", args);
		at = strstr(updates, filter);
	}
	if (!at)
		fail_msg("no %s in %s", kind, updates);
	value_of(at, "id", id, sizeof id);
	snprintf(args, sizeof args, "{'%s':'%s',%s}", key, id, more);
	api_is(method, args, "true");
}

BOT_TEST(pays_with_stars)
{
	char line[] = "{'do':'pay','by':'ivy','chat':'bot'}", charge[64], args[256];

	api_has("sendInvoice",
		"{'chat_id':1,'title':'T','description':'D','payload':'order 7','currency':'XTR',"
		"'prices':[{'label':'l','amount':50}]}",
		"'invoice':{'title':'T','description':'D','start_parameter':'','currency':'XTR',"
		"'total_amount':50},'reply_markup':{'inline_keyboard':[[{'text':'Pay XTR 50','pay':"
		"true}]]}");
	begin_paying(line);
	answer_order("pre_checkout_query", "answerPreCheckoutQuery", "pre_checkout_query_id",
		"'ok':true");
	end_paying("\"paid\":true");
	api_has("getUpdates", "{'offset':-1}",
		"'successful_payment':{'currency':'XTR','total_amount':50,'invoice_payload':'order 7',"
		"'telegram_payment_charge_id':'stx");
	value_of(api("getUpdates", "{'offset':-2}"), "telegram_payment_charge_id", charge,
		sizeof charge);
	api_is("getMyStarBalance", "{}", "{'amount':50}");
	snprintf(args, sizeof args, "{'user_id':1,'telegram_payment_charge_id':'%s'}", charge);
	api_is("refundStarPayment", args, "true");
	api_fails("refundStarPayment", args, 400, "Bad Request: CHARGE_ALREADY_REFUNDED");
	api_is("getMyStarBalance", "{}", "{'amount':0}");
	api_has("getStarTransactions", "{}",
		"'amount':50,'date':0,'source':{'type':'user','transaction_type':'invoice_payment',"
		"'user':" IVY ",'invoice_payload':'order 7'}},{");
	api_has("getStarTransactions", "{'offset':1}", "'receiver':{'type':'user',");
	return TOBS_OK;
}

BOT_TEST(ships)
{
	char line[] =
		"{'do':'pay','by':'ivy','chat':'bot','name':'Ivy M','address':{'street_line1':'1 Way',"
		"'street_line2':'','city':'C','state':'S','country_iso2':'GB','post_code':'P'}}";

	api_has("sendInvoice",
		"{'chat_id':1,'title':'T','description':'D','payload':'p','currency':'EUR',"
		"'provider_token':'x:y','prices':[{'label':'l','amount':500}],'is_flexible':true,"
		"'need_name':true,'need_shipping_address':true}",
		"'total_amount':500}");
	begin_paying(line);
	answer_order("shipping_query", "answerShippingQuery", "shipping_query_id",
		"'ok':true,'shipping_options':[{'id':'post','title':'Post','prices':[{'label':'s',"
		"'amount':20}]}]");
	answer_order("pre_checkout_query", "answerPreCheckoutQuery", "pre_checkout_query_id",
		"'ok':true");
	end_paying("\"paid\":true");
	api_has("getUpdates", "{'offset':-1}",
		"'total_amount':520,'invoice_payload':'p','shipping_option_id':'post','order_info':{"
		"'name':'Ivy M','shipping_address':{'country_code':'GB','state':'S','city':'C',"
		"'street_line1':'1 Way','street_line2':'','post_code':'P'}}");
	return TOBS_OK;
}

BOT_TEST(does_not_sell)
{
	char line[256], link[64];

	value_of(api("createInvoiceLink",
			 "{'title':'T','description':'D','payload':'p','currency':'XTR','prices':"
			 "[{'label':'l','amount':5}]}"),
		"result", link, sizeof link);
	snprintf(line, sizeof line, "{'do':'pay','by':'ivy','link':'%s'}", link);
	begin_paying(line);
	answer_order("pre_checkout_query", "answerPreCheckoutQuery", "pre_checkout_query_id",
		"'ok':false,'error_message':'sold out'");
	end_paying("\"paid\":false,\"why\":\"sold out\"");
	/* Who is not answered does not pay. */
	snprintf(line, sizeof line, "{'do':'pay','by':'ivy','link':'%s','wait':20}", link);
	begin_paying(line);
	end_paying("\"why\":\"BOT_PRECHECKOUT_TIMEOUT\"");
	return TOBS_OK;
}

BOT_TEST(games)
{
	api_has("sendGame", "{'chat_id':1,'game_short_name':'snake'}",
		"'game':{'title':'snake','description':'A game','photo':[]},'reply_markup':{"
		"'inline_keyboard':[[{'text':'Play snake','callback_game':{}}]]}");
	command("{'do':'press','by':'ivy','chat':'bot','button':'Play snake'}");
	api_has("getUpdates", "{}", "'game_short_name':'snake'}");
	api_has("setGameScore", "{'chat_id':1,'message_id':2,'user_id':1,'score':5}", "'game':{");
	api_fails("setGameScore", "{'chat_id':1,'message_id':1,'user_id':1,'score':5}", 400,
		"Bad Request: message is not a game");
	return TOBS_OK;
}

BOT_TEST(refuses_invoices)
{
	api_fails("sendInvoice",
		"{'chat_id':1,'title':'T','description':'D','payload':'p','currency':'EUR',"
		"'prices':[{'label':'l','amount':5}]}",
		400, "Bad Request: PAYMENT_PROVIDER_INVALID");
	api_fails("sendInvoice",
		"{'chat_id':1,'title':'T','description':'D','payload':'','currency':'XTR',"
		"'prices':[{'label':'l','amount':5}]}",
		400, "Bad Request: INVOICE_PAYLOAD_INVALID");
	api_fails("sendInvoice",
		"{'chat_id':1,'title':'T','description':'D','payload':'p','currency':'XTR',"
		"'prices':[{'label':'l','amount':0}]}",
		400, "Bad Request: CURRENCY_TOTAL_AMOUNT_INVALID");
	api_fails("answerPreCheckoutQuery", "{'pre_checkout_query_id':'5','ok':true}", 400,
		"Bad Request: query is too old and response timeout expired or query ID is invalid");
	return TOBS_OK;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inline_results),
		cmocka_unit_test(inline_messages_are_edited),
		cmocka_unit_test(inline_refusals),
		cmocka_unit_test(pays_with_stars),
		cmocka_unit_test(ships),
		cmocka_unit_test(does_not_sell),
		cmocka_unit_test(games),
		cmocka_unit_test(refuses_invoices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
