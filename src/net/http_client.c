/* SPDX-License-Identifier: MIT */
#include "net/http_client.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/attr.h"
#include "net/http_client_impl.h"
#include "tobs_config.h"

static int copy_options(
	struct http_client *c, const struct http_client_options *opt, struct tobs_err *err)
{
	const char *agent = opt->user_agent ? opt->user_agent : "tobs/" TOBS_VERSION;

	if (!http_is_value(tobs_str(agent)))
		return tobs_fail(err, TOBS_EINVAL, "the user agent cannot be a header");
	snprintf(c->name, sizeof c->name, "%s", opt->name ? opt->name : "http");
	c->connections = opt->connections ? opt->connections : HTTP_CONNECTIONS;
	c->connect_ms = opt->connect_ms ? opt->connect_ms : HTTP_CONNECT_MS;
	c->idle_ms = opt->idle_ms ? opt->idle_ms : HTTP_IDLE_MS;
	c->http1 = opt->http1;
	c->engine = opt->engine;
	tobs_sem_init(&c->turn, opt->calls ? opt->calls : c->connections);
	c->user_agent = mem_strdup(agent);
	if (opt->ca_file)
		c->ca_file = mem_strdup(opt->ca_file);
	if (!c->user_agent || (opt->ca_file && !c->ca_file))
		return tobs_fail(err, TOBS_ENOMEM, "making an HTTP client");
	return proxy_parse(tobs_str(opt->proxy), &c->proxy, err);
}

int http_client_new(
	const struct http_client_options *opt, struct http_client **ret, struct tobs_err *err)
{
	static const struct http_client_options defaults;
	struct http_client *c;
	int r;

	if (!tobs_self())
		return tobs_fail(err, TOBS_EINVAL, "an HTTP client is made on a fiber");
	c = MEM_NEW(struct http_client);
	if (!c)
		return tobs_fail(err, TOBS_ENOMEM, "making an HTTP client");
	list_init(&c->idle);
	r = copy_options(c, opt ? opt : &defaults, err);
	if (r) {
		http_client_free(c);
		return r;
	}
	*ret = c;
	return TOBS_OK;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	assert(!c->calls && !c->waiting);
	wire_close(c);
	curl_close(c->curl);
	proxy_deinit(&c->proxy);
	mem_free(c->user_agent);
	mem_free(c->ca_file);
	mem_free(c);
}

void http_answer_init(struct http_answer *a, size_t max_body)
{
	*a = (struct http_answer){ 0 };
	tobs_buf_init(&a->head, HTTP_HEAD_MAX);
	tobs_buf_init(&a->body, max_body);
}

void http_answer_deinit(struct http_answer *a)
{
	if (!a)
		return;
	tobs_buf_deinit(&a->head);
	tobs_buf_deinit(&a->body);
}

bool http_answer_header(const struct http_answer *a, const char *name, struct tobs_view *ret)
{
	return http_header_find(tobs_buf_view(&a->head), name, ret);
}

bool job_sinks(const struct http_job *job)
{
	return job->call->sink && job->answer->status / 100 == 2;
}

int job_too_big(const struct http_job *job, struct tobs_err *err)
{
	return tobs_fail(
		err, TOBS_ETOOBIG, "the answer is larger than %zu bytes", job->answer->body.max);
}

int job_take(struct http_job *job, struct tobs_view piece, struct tobs_err *err)
{
	const struct http_sink *sink = job->call->sink;
	int r;

	if (!piece.len)
		return TOBS_OK;
	if (job_sinks(job))
		return sink->write(sink->user, piece, err);
	r = tobs_buf_putv(&job->answer->body, piece);
	if (r == TOBS_ETOOBIG)
		return job_too_big(job, err);
	return r ? tobs_fail(err, r, "reading the answer") : TOBS_OK;
}

/* Headers the client itself writes: two of them would be one too many. */
static bool is_ours(struct tobs_view name)
{
	static const char *const ours[] = { "Host", "User-Agent", "Content-Length",
		"Transfer-Encoding", "Connection" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (tobs_view_eq_nocase(name, tobs_str(ours[i])))
			return true;
	return false;
}

static int check(const struct http_job *job, struct tobs_err *err)
{
	const struct http_call *call = job->call;

	if (!http_is_token(tobs_str(job->method)))
		return tobs_fail(err, TOBS_EINVAL, "this is no HTTP method");
	for (size_t i = 0; i < call->header_count; i++) {
		const struct http_header *h = &call->headers[i];

		if (!http_is_token(h->name) || is_ours(h->name))
			return tobs_fail(err, TOBS_EINVAL, "this header cannot be set: \"%.*s\"",
				http_is_token(h->name) ? (int)h->name.len : 0,
				(const char *)h->name.ptr);
		if (!http_is_value(h->value))
			return tobs_fail(err, TOBS_EINVAL,
				"the value of the header %.*s cannot be one",
				TOBS_VIEW_FMT(h->name));
	}
	return TOBS_OK;
}

static int prepare(struct http_job *job, struct tobs_err *err)
{
	const struct http_call *call = job->call;
	bool asks;

	job->has_body = call->body.len || call->source || call->parts;
	job->method = call->method ? call->method : job->has_body ? "POST" : "GET";
	job->bodiless = !strcmp(job->method, "HEAD");
	asks = job->bodiless || !strcmp(job->method, "GET");
	/* Others have a body, if of length 0: some servers insist (RFC 9110, section 8.6). */
	job->has_body = job->has_body || !asks;
	if (call->source)
		job->source = *call->source;
	job->repeatable = (call->repeatable || asks) && !call->source && !call->parts;
	job->answer->status = 0;
	job->answer->sent = false;
	tobs_buf_clear(&job->answer->head);
	tobs_buf_clear(&job->answer->body);
	return check(job, err);
}

static int make(struct http_job *job, struct tobs_err *err)
{
	const struct http_call *call = job->call;
	struct http_form *form = NULL;
	int r;

	if (call->parts) {
		r = http_form_new(call->parts, call->part_count, NULL, &form, err);
		if (r)
			return r;
		job->source = http_form_source(form);
		job->type = http_form_type(form);
	}
	r = wire_takes(job) ? wire_call(job, err) : curl_call(job, err);
	http_form_free(form);
	return r;
}

int http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *ret,
	struct tobs_err *err)
{
	struct http_job job = { .client = c, .call = call, .answer = ret };
	int r = prepare(&job, err);

	if (!r)
		r = http_url_parse(call->url, &job.url, err);
	if (r)
		return r;
	c->waiting++;
	r = tobs_sem_wait(&c->turn);
	c->waiting--;
	if (r) {
		tobs_fail(err, r, "waiting for a free connection");
	} else {
		c->calls++;
		r = make(&job, err);
		c->calls--;
		tobs_sem_post(&c->turn);
	}
	if (r)
		tobs_err_context(err, "%.*s", TOBS_VIEW_FMT(job.url.origin));
	return r;
}

void http_client_stats(const struct http_client *c, struct http_client_stats *ret)
{
	*ret = (struct http_client_stats){
		.calls = c->calls,
		.waiting = c->waiting,
		.connections = c->open,
		.made = c->made,
	};
}
