/* SPDX-License-Identifier: MIT */
/*
 * Commands to a running simulator: a line of JSON each, answered by a line.
 *
 *     {"do":"post","chat":"garden","message":{"from":"bo","text":"hello"}}
 *     {"ok":true,"id":118}
 *     {"do":"faults","set":{"latency":200,"flood":"messages.getHistory:10/30"}}
 *     {"ok":true,"faults":{"latency":0,…}}
 *     {"do":"delete","chat":"garden","by":"kai","ids":[118]}
 *     {"ok":false,"code":"TOBS_ERPC","status":403,"name":"MESSAGE_DELETE_FORBIDDEN","error":"…"}
 *
 * docs/simulator.md lists the commands. People, chats and files are named as in
 * world files, by the same keys. They come over TCP (on loopback, for whoever
 * may use this computer: there is no password), from a script, or by call.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <tobs/buf.h>
#include <tobs/err.h>

struct sim;
struct sim_control;

/*
 * Listens on 127.0.0.1; port 0 takes a free one. TOBS_EEXISTS when the port is
 * taken, TOBS_ENOMEM. `sim` must outlive it.
 */
int sim_control_start(
	struct sim_control **ret, struct sim *sim, uint16_t port, struct tobs_err *err);

/* Closes everything and frees. NULL is fine. Waits. */
void sim_control_stop(struct sim_control *c);

uint16_t sim_control_port(const struct sim_control *c);

/*
 * Carries one command out and appends its answer, with a newline. May wait (the
 * command "sleep"). TOBS_ENOMEM, TOBS_ECANCELED, TOBS_ETIMEDOUT; whatever else
 * goes wrong stands in the answer.
 */
int sim_control_run(struct sim *sim, struct tobs_view line, struct tobs_buf *answer);

/*
 * Carries out the lines of a file one after the other; empty ones and those that
 * begin with '#' are passed over. Ends at the first that fails, whose number and
 * answer *err holds. Errors as file_read() and above; TOBS_ERPC for a command
 * that failed. Waits.
 */
int sim_control_script(struct sim *sim, const char *path, struct tobs_err *err);

#endif
