# countersign
#
#	make		optimised programs in build/release
#	make check	unit tests, under ASan and UBSan
#	make hostile	lying peers against the real programs
#	make e2e	the real programs, a real ssh and a SoftHSM token
#	make fuzz	every fuzzer for FUZZ_SECONDS
#	make bench	speed beside peers, as a table
#	make cover	line coverage of the unit tests
#	make lint	format, boundaries, sizes, man pages, scripts
#	make install	honours DESTDIR and PREFIX; V=1 shows commands

comma	:= ,
VARIANT	?= release
PREFIX	?= /usr
B	:= build/$(VARIANT)

# The trust boundaries.  A folder of src/ may include, and its program may link,
# what is listed here and nothing else; `make lint' holds both to it.
USES_base	:=
USES_wire	:= base
USES_policy	:= base
USES_conf	:= base policy
USES_format	:= base wire policy
USES_audit	:= base
USES_p11	:= base
USES_review	:= base policy audit
USES_listener	:= base wire policy conf
USES_session	:= base wire
USES_broker	:= base wire policy conf format audit
USES_token	:= base wire p11
USES_lists	:= base wire
USES_ctl	:= base wire policy conf format audit p11 review

LIBS_base	:= libseccomp
LIBS_wire	:= libseccomp
LIBS_policy	:= libseccomp inih
LIBS_conf	:= libseccomp inih
LIBS_format	:= libseccomp inih libcrypto
LIBS_audit	:= libseccomp libcrypto zlib
LIBS_p11	:= libseccomp libcrypto
LIBS_review	:= libseccomp inih libcrypto zlib jansson
LIBS_listener	:= libseccomp inih
LIBS_session	:= libseccomp libssh
LIBS_broker	:= libseccomp inih libcrypto zlib sqlite3
LIBS_token	:= libseccomp libp11 libcrypto
LIBS_lists	:= libseccomp
LIBS_ctl	:= libseccomp inih libp11 libcrypto zlib jansson

PROGS	:= listener session broker token lists ctl
NAME_listener	:= countersignd
NAME_session	:= countersign-session
NAME_broker	:= countersign-broker
NAME_token	:= countersign-token
NAME_lists	:= countersign-lists
NAME_ctl	:= countersignctl

CPPFLAGS += -iquote src -D_GNU_SOURCE -DCS_LIBEXECDIR='"$(PREFIX)/libexec/countersign"'
CFLAGS	+= -std=gnu17 -g -fno-common -fPIC -pthread
CFLAGS	+= -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wcast-qual
CFLAGS	+= -Wpointer-arith -Wwrite-strings -Wconversion -Wswitch-enum
CFLAGS	+= -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition

FLAGS_release	:= -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
		   -fstack-clash-protection -fcf-protection \
		   -ftrivial-auto-var-init=zero
LINK_release	:= -Wl,-z,relro,-z,now,--as-needed
FLAGS_asan	:= -O1 -Werror -fno-omit-frame-pointer \
		   -fsanitize=address,undefined -fno-sanitize-recover=all
LINK_asan	:= -fsanitize=address,undefined
FLAGS_cover	:= -O0 --coverage
LINK_cover	:= --coverage
FLAGS_fuzz	:= -O1 -fsanitize=address,undefined,fuzzer-no-link \
		   -fno-sanitize-recover=all
LINK_fuzz	:= -fsanitize=address,undefined,fuzzer
CC_fuzz		:= clang
CC		:= $(or $(CC_$(VARIANT)),$(CC))
CFLAGS		+= $(FLAGS_$(VARIANT))
LDFLAGS		+= $(LINK_$(VARIANT)) -pthread

say	= $(if $(V),,@echo "  $(1)	$@";)
objs	= $(patsubst %.c,$(B)/%.o,$(foreach d,$(1),$(wildcard src/$(d)/*.c)))
body	= $(filter-out %/main.o,$(call objs,$(1) $(USES_$(1))))
libs	= $(if $(LIBS_$(1)),$(shell pkg-config --$(2) $(LIBS_$(1))))
inner	= $(MAKE) --no-print-directory VARIANT=$(1) $(2)

.PHONY: FORCE all check hostile e2e fuzz bench cover lint install clean \
	run-tests run-fuzzers tools
all: $(foreach p,$(PROGS),$(B)/$(NAME_$(p)))

# Objects mirror the sources: src/wire/sign.c -> build/asan/src/wire/sign.o
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<

# Programs look for each other where they were told when they were compiled.
$(B)/prefix: FORCE
	@mkdir -p $(@D)
	@echo "$(PREFIX)" | cmp -s - $@ || echo "$(PREFIX)" >$@
FORCE:
$(B)/src/listener/spawn.o $(B)/src/listener/launch.o: $(B)/prefix

# p11-kit's copy of the PKCS#11 header; nothing of p11-kit is linked.
P11_CFLAGS := $(shell pkg-config --cflags p11-kit-1)
$(call objs,p11 token ctl): EXTRA += $(P11_CFLAGS)

define program
$(call objs,$(1)): EXTRA += $(call libs,$(1),cflags)
$(B)/$(NAME_$(1)): $(call objs,$(1) $(USES_$(1)))
	$$(call say,LD)$$(CC) $$(LDFLAGS) -pie -o $$@ $$^ $(call libs,$(1),libs)
endef
$(foreach p,$(PROGS),$(eval $(call program,$(p))))

# tests/broker/test_x.c links broker and what broker uses: no other domain; and
# tests/broker/support_*.c, which several tests share.
TESTS	:= $(patsubst tests/%.c,%,$(wildcard tests/*/test_*.c))
shared	= $(patsubst %.c,$(B)/%.o,$(wildcard tests/$(1)/support_*.c))
$(call shared,*): EXTRA += $(P11_CFLAGS)
define unittest
$(B)/tests/$(1).o: EXTRA += $(P11_CFLAGS)
$(B)/tests/$(1): $(B)/tests/$(1).o $(call shared,$(2)) $(call body,$(2))
	$$(call say,LD)$$(CC) $$(LDFLAGS) -o $$@ $$^ $(call libs,$(2),libs) -lcmocka
endef
$(foreach t,$(TESTS),$(eval $(call unittest,$(t),$(patsubst %/,%,$(dir $(t))))))

$(B)/tests/ctl/test_manipulate $(B)/tests/ctl/test_log_verify: \
	$(B)/tests/audit/support_log.o

# These speak to the real programs.
$(B)/tests/token/test_service $(B)/tests/token/test_login \
$(B)/tests/token/test_faults $(B)/tests/token/test_protection \
$(B)/tests/token/test_key $(B)/tests/token/test_provision: | \
	$(B)/countersign-token $(B)/countersignctl $(B)/tools/module_fault

$(addprefix $(B)/tests/broker/,test_sign test_checkpoint test_receipt test_workers test_sessions test_login test_queue test_life test_suspend test_reload test_teller test_differences test_log_since test_gather test_agent test_terms): | \
	$(B)/countersign-broker

$(B)/tests/broker/test_lists: | $(B)/countersign-broker
$(B)/tests/lists/test_keeper $(B)/tests/lists/test_server: | $(B)/countersign-lists

# tests/fuzz/fuzz_broker_x.c does the same for broker.
FUZZERS	:= $(notdir $(basename $(wildcard tests/fuzz/fuzz_*.c)))
define fuzzer
$(B)/tests/fuzz/$(1).o: EXTRA += $(P11_CFLAGS)
$(B)/$(1): $(B)/tests/fuzz/$(1).o $(call body,$(2))
	$$(call say,LD)$$(CC) $$(LDFLAGS) -o $$@ $$^ $(call libs,$(2),libs)
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$(f),$(word 2,$(subst _, ,$(f))))))

# Small programs that tests and benches need: tests/tools/x.c, or x.so for a
# PKCS#11 module that misbehaves.  Each says in its first lines what it links,
# and which folders it uses besides base and wire.
TOOLS	:= $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
toollibs = $(shell sed -n 's/.*tool-links: *\(.*[^ ]\) *\*\/.*/\1/p' $(1))
tooluses = $(shell sed -n 's/.*tool-uses: *\(.*[^ ]\) *\*\/.*/\1/p' $(1))
define tool
$(B)/tools/$(1): tests/tools/$(1).c \
    $(filter-out %/main.o,$(call objs,base wire $(call tooluses,tests/tools/$(1).c)))
	@mkdir -p $$(@D)
	$$(call say,LD)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $(P11_CFLAGS) $$(LDFLAGS) \
	    $(if $(filter module_%,$(1)),-shared) -o $$@ $$^ \
	    -lseccomp $(call toollibs,tests/tools/$(1).c)
endef
$(foreach t,$(notdir $(TOOLS)),$(eval $(call tool,$(t))))
tools: $(TOOLS)

check:
	@$(call inner,asan,run-tests)
run-tests: $(TESTS:%=$(B)/tests/%)
	@set -e; for t in $^; do echo "== $$t"; $$t; done

hostile e2e: all tools
	@tests/$@/run $(B)

FUZZ_SECONDS ?= 60
fuzz:
	@$(call inner,fuzz,run-fuzzers)
run-fuzzers: $(FUZZERS:%=$(B)/%)
	@set -e; for f in $^; do c=tests/fuzz/corpus/$${f##*/}; mkdir -p $$c $(B)/corpus; \
	    echo "== $$f"; w=$$(mktemp -d $(B)/corpus/XXXXXX); \
	    $$f -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=4096 \
	        -artifact_prefix=$(B)/ -print_final_stats=0 -verbosity=0 $$w $$c; done

bench: all tools
	@tests/bench/run $(B)

cover:
	@$(call inner,cover,run-tests) >/dev/null
	@gcov -n -r $$(find build/cover/src -name '*.gcda') 2>/dev/null | \
	    awk '/^File/ { f = $$2 } f && /^Lines/ { print $$2, f; f = "" }'

lint: all
	clang-format --dry-run -Werror $$(find src tests -name '*.[ch]')
	@gofmt -d tests/go | { ! grep .; }
	@$(foreach d,$(patsubst USES_%,%,$(filter USES_%,$(.VARIABLES))), \
	    scripts/check-boundaries $(d) "$(USES_$(d))" "$(LIBS_$(d))" \
	    $(NAME_$(d):%=$(B)/%) &&) true
	scripts/check-sizes
	shellcheck -x $$(scripts/shell-files)
	mandoc -Tlint -Wwarning man/*

EXAMPLES := $(DESTDIR)$(PREFIX)/share/doc/countersign/examples
install: all
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin sbin \
	    libexec/countersign share/man/man1 share/man/man5 share/man/man7 share/man/man8)
	install $(B)/countersignd $(B)/countersignctl $(DESTDIR)$(PREFIX)/sbin
	install $(B)/countersign-session $(B)/countersign-broker \
	    $(B)/countersign-token $(B)/countersign-lists \
	    $(DESTDIR)$(PREFIX)/libexec/countersign
	install scripts/csign scripts/manifest-verify $(DESTDIR)$(PREFIX)/bin
	set -e; for n in csign-gpg csign-ssh-keygen; do \
	    ln -sf csign $(DESTDIR)$(PREFIX)/bin/$$n; done
	set -e; for s in 1 5 7 8; do \
	    install -m 644 man/*.$$s $(DESTDIR)$(PREFIX)/share/man/man$$s; done
	set -e; for f in $$(find sshd-config keys-layout -type f); do \
	    install -D -m 644 $$f $(EXAMPLES)/$$f; done
	install -m 644 tests/go/verify.go $(EXAMPLES)

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
