/* SPDX-License-Identifier: MIT */
/*
 * A simulated Telegram in one piece: a world, the servers over it, and the files
 * a client needs to find them. What `tobs sim` starts, and tests of clients do.
 *
 *     struct sim *sim;
 *     r = sim_start(&sim, &(struct sim_options){ .synthetic = specs, .synthetic_count = 1,
 *             .folder = "sim" }, err);
 *     …                       clients may connect
 *     r = sim_wait(sim);      until it is asked to stop
 *     sim_stop(sim);
 *
 * Into its folder it writes
 *
 *     key.pem     the public key of the servers (PKCS #1)
 *     .env        settings of a client: where the server is, and a log-in that asks nothing;
 *                 BOT_TOKEN and BOT_API_ROOT of the first bot
 *     sim.json    sim_describe()
 *
 * and into its state folder, if there is one,
 *
 *     state.json  the private key, the authorization keys of clients and who is
 *                 logged in under them: clients go on after the simulator was
 *                 started anew, if need be after kill -9. What happened in the
 *                 world is not kept.
 *
 * All but the public key are for their owner's eyes (mode 0600).
 *
 * Runs on fibers of the loop it was started in. Prints nothing.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <tobs/buf.h>
#include <tobs/err.h>
#include <tobs/rt.h>

#include "sim/bot.h"
#include "sim/server.h"
#include "sim/world.h"

struct sim_options {
	const char *world;            /* file with chats and people, see load.h; NULL: none */
	const char *const *synthetic; /* specs of chats, see synthetic.h */
	size_t synthetic_count;
	const char *host;   /* numeric; NULL: 127.0.0.1 */
	uint16_t port;      /* of DC 1, the others follow; 0: any free ones, in a row if possible */
	const char *faults; /* "latency=100,drop=200000" or JSON, see faults.h; NULL: none */
	const char *folder; /* made when it is not there; NULL: the state folder, or no files */
	const char *state;  /* the same; NULL: nothing is kept */
	uint64_t seed;
	bool control;            /* listen for commands, see control.h */
	uint16_t control_port;   /* 0: any free one */
	const char *script;      /* file with commands that are carried out from the start on */
	bool bot_api;            /* serve bots, see bot.h; a bot is made when the world has none */
	const char *bot_host;    /* numeric; NULL: as `host` */
	uint16_t bot_port;       /* 0: any free one */
	int64_t bot_conflict_ms; /* see struct sim_bots_options */
};

/* Open for reading. */
struct sim {
	struct sim_world *world;
	struct sim_server *server;
	char host[64];
	char *folder; /* absolute; NULL: none */
	char *key_file;
	char *env_file;
	struct sim_saver *saver;     /* NULL: nothing is kept */
	struct sim_control *control; /* NULL: none */
	struct sim_bots *bots;       /* NULL: none */
	struct tobs_fiber *script;   /* NULL: none */
	char *script_file;
	char bot_root[128]; /* sim_bot_root() */
	struct tobs_event stop;
};

/*
 * Starts everything. Errors of sim_load(), sim_spec_parse(), sim_synthetic_add(),
 * sim_faults_parse(), sim_server_start() and file_replace(); TOBS_EEXISTS for a
 * .env in the folder that somebody else wrote, TOBS_EMALFORMED for a state.json
 * that nobody can read. Called on a fiber; its fibers end with sim_stop(), which
 * must come before the calling fiber's end. Waits.
 */
int sim_start(struct sim **ret, const struct sim_options *options, struct tobs_err *err);

/*
 * Waits until somebody calls sim_ask_to_stop() or the process is asked to stop
 * (tobs_shutdown_event()): TOBS_OK; or TOBS_ECANCELED, TOBS_ETIMEDOUT. Waits.
 */
int sim_wait(struct sim *s);
void sim_ask_to_stop(struct sim *s);

/* Saves what is kept, closes everything and frees. NULL is fine. Waits. */
void sim_stop(struct sim *s);

/*
 * Appends as one line of JSON where everything is:
 *
 *     {"host":"127.0.0.1","home_dc":2,"dcs":[{"id":1,"port":4001},…],
 *      "key":"/…/key.pem","env":"/…/.env","control":4006,
 *      "bot_api":"http://127.0.0.1:8081",
 *      "api_id":1,"api_hash":"…",
 *      "accounts":[{"id":5001,"name":"Robin Sample","phone":"9996620001","code":"22222"},
 *              {"id":5002,"name":"Helper","token":"5002:…"}]}
 *
 * `password` stands beside code where the account has one. TOBS_ENOMEM.
 */
int sim_describe(const struct sim *s, struct tobs_buf *out);

/* Where bots send their calls: "http://127.0.0.1:8081"; "" without such a server. */
const char *sim_bot_root(const struct sim *s);

/* The first bot; NULL: none. */
const struct sim_account *sim_first_bot(const struct sim_world *w);

/* The credentials an application may use here: the first accepted ones, or made up. */
void sim_usual_app(const struct sim_world *w, int32_t *ret_id, const char **ret_hash);

#endif
