/* Candor's rules behind a C interface. See gate/src/c.rs.
 *
 * An opened catalogue may be used by any number of threads. Every answer is freed by candor_free, every catalogue closed
 * by candor_close. No call keeps what it was given.
 */
#ifndef CANDOR_GATE_H
#define CANDOR_GATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct candor_catalogue candor_catalogue;

#define CANDOR_FINE 0     /* the call worked */
#define CANDOR_REFUSED 1  /* an argument or the data is wrong; the report says why, as text */
#define CANDOR_PANICKED 2 /* a fault of the library */

#define CANDOR_TRACES 1
#define CANDOR_LOGS 2
#define CANDOR_METRICS 3

typedef struct candor_answer {
    uint32_t status;
    uint32_t signals; /* that passed; or lines */
    uint8_t *body;    /* a request in protobuf, or lines; null if there are no bytes */
    size_t body_length;
    uint8_t *report; /* JSON: {"reasons":{…},"stopped":[{"key":…,"reason":…,"count":…}]}; not ended by a zero */
    size_t report_length;
} candor_answer;

/* Opens a catalogue: the document that `candor extract` prints, or the text of a catalogue in one file. */
candor_answer *candor_open(const uint8_t *document, size_t length, candor_catalogue **catalogue);

/* Rebuilds an OTLP request in protobuf or JSON, keeping only what may be forwarded. The consent is `off`, `default`,
 * `opted-in`, names of channels with commas, or `marked`: what the marker of each signal names. */
candor_answer *candor_pass(const candor_catalogue *catalogue, uint32_t signals, const uint8_t *consent,
                           size_t consent_length, const uint8_t *request, size_t request_length);

/* Judges lines: the body has one line of JSON for each. */
candor_answer *candor_check_lines(const candor_catalogue *catalogue, const uint8_t *consent, size_t consent_length,
                                  const uint8_t *lines, size_t lines_length);

/* Frees an answer; null is fine. */
void candor_free(candor_answer *answer);

/* Closes a catalogue that no call uses; null is fine. */
void candor_close(candor_catalogue *catalogue);

/* Memory for hosts without pointers of their own, such as those of WebAssembly. */
uint8_t *candor_alloc(size_t length);
void candor_dealloc(uint8_t *memory, size_t length);

#ifdef __cplusplus
}
#endif

#endif
