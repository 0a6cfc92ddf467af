/* Passes one request through the library, as a program in C does: catalogue, kind, consent and request in; what passed out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "candor_gate.h"

static uint8_t *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    uint8_t *bytes = NULL;
    size_t room = 0;
    *length = 0;
    for (;;) {
        if (*length == room) {
            room = room ? room * 2 : 65536;
            bytes = realloc(bytes, room);
            if (!bytes) {
                exit(2);
            }
        }
        size_t read = fread(bytes + *length, 1, room - *length, file);
        if (read == 0) {
            fclose(file);
            return bytes;
        }
        *length += read;
    }
}

static int tell(candor_answer *answer) {
    int status = (int)answer->status;
    fwrite(answer->body, 1, answer->body_length, stdout);
    if (answer->report_length > 0) {
        fwrite(answer->report, 1, answer->report_length, stderr);
    }
    candor_free(answer);
    return status;
}

int main(int count, char **arguments) {
    if (count != 5) {
        return 2;
    }
    size_t document_length, request_length;
    uint8_t *document = read_file(arguments[1], &document_length);
    candor_catalogue *catalogue = NULL;
    int status = tell(candor_open(document, document_length, &catalogue));
    if (status == CANDOR_FINE) {
        const char *consent = arguments[3];
        uint8_t *request = read_file(arguments[4], &request_length);
        status = strcmp(arguments[2], "lines") == 0
                     ? tell(candor_check_lines(catalogue, (const uint8_t *)consent, strlen(consent), request, request_length))
                     : tell(candor_pass(catalogue, (uint32_t)atoi(arguments[2]), (const uint8_t *)consent,
                                        strlen(consent), request, request_length));
        free(request);
    }
    /* Nothing is read through a null pointer, and nothing is freed twice. */
    candor_free(candor_pass(NULL, CANDOR_TRACES, NULL, 0, NULL, 4));
    candor_free(candor_check_lines(catalogue, NULL, 3, NULL, 0));
    candor_free(NULL);
    candor_dealloc(candor_alloc(10), 10);
    candor_close(catalogue);
    free(document);
    return status;
}
