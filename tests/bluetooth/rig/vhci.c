/* Joins /dev/vhci, which takes and gives one HCI packet at a time, to a byte stream of H4 packets: a virtio port
 * whose other end is a socket of the host. SIGUSR1 pulls the adapter out; SIGUSR2 plugs a new one in. What the
 * host sends while there is no adapter is dropped by whole packets. usage: vhci PORT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t wanted = 1;

static void on_signal(int number) { wanted = number == SIGUSR2; }

static void fail(const char *what) { perror(what); _exit(1); }

static void put(int file, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t n = write(file, bytes, length);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) { usleep(500); continue; }
        if (n <= 0) fail("write");
        bytes += n;
        length -= (size_t)n;
    }
}

/* Length of the H4 packet that begins at p; 0 if n bytes are not yet all of it. */
static size_t packet_length(const uint8_t *p, size_t n) {
    size_t head, length;
    if (n < 1) return 0;
    switch (p[0]) {
    case 1: case 3: head = 4; break; /* command, synchronous data */
    case 2: case 5: head = 5; break; /* asynchronous data, isochronous data */
    case 4: head = 3; break;         /* event */
    default: fprintf(stderr, "vhci: no H4 packet begins with %02x\n", p[0]); _exit(1);
    }
    if (n < head) return 0;
    length = p[head - 1];
    if (head == 5) length = p[3] | (p[4] & (p[0] == 5 ? 0x3f : 0xff)) << 8;
    return n < head + length ? 0 : head + length;
}

static int plug(void) {
    int adapter = open("/dev/vhci", O_RDWR);
    if (adapter < 0) fail("/dev/vhci");
    put(adapter, (const uint8_t[]){0xff, 0x00}, 2); /* vendor packet: make a primary controller */
    return adapter;
}

int main(int argc, char **argv) {
    static uint8_t stream[65536], packet[4096];
    size_t have = 0;
    if (argc != 2) return 2;
    int port = open(argv[1], O_RDWR);
    if (port < 0) fail(argv[1]);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    int adapter = plug();
    for (;;) {
        if (!wanted && adapter >= 0) { close(adapter); adapter = -1; }
        if (wanted && adapter < 0) adapter = plug();
        struct pollfd files[2] = {{adapter, POLLIN, 0}, {port, POLLIN, 0}};
        if (poll(files, 2, -1) < 0) {
            if (errno == EINTR) continue;
            fail("poll");
        }
        if (adapter >= 0 && files[0].revents & POLLIN) {
            ssize_t n = read(adapter, packet, sizeof packet);
            if (n <= 0) fail("read adapter");
            if (packet[0] != 0xff) put(port, packet, (size_t)n);
        }
        if (files[1].revents & POLLIN) {
            ssize_t n = read(port, stream + have, sizeof stream - have);
            if (n < 0) fail("read port");
            if (n == 0) return 0;
            have += (size_t)n;
            size_t at = 0, length;
            while ((length = packet_length(stream + at, have - at))) {
                if (adapter >= 0) put(adapter, stream + at, length);
                at += length;
            }
            memmove(stream, stream + at, have -= at);
        } else if (files[1].revents & (POLLHUP | POLLERR)) {
            return 0;
        }
    }
}
