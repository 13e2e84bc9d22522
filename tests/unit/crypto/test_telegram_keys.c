/* SPDX-License-Identifier: MIT */
#include "crypto/telegram_keys.h"

#include "support/bytes.h"

/* As in PublicRsaKeySharedMain.cpp of TDLib. */
static const char production[] =
	"-----BEGIN RSA PUBLIC KEY-----\n"
	"MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g\n"
	"5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO\n"
	"62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/\n"
	"+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9\n"
	"t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs\n"
	"5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB\n"
	"-----END RSA PUBLIC KEY-----\n";
static const char test[] = "-----BEGIN RSA PUBLIC KEY-----\n"
			   "MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR\n"
			   "yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv\n"
			   "plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/\n"
			   "j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1\n"
			   "aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO\n"
			   "j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB\n"
			   "-----END RSA PUBLIC KEY-----\n";

static void are_what_is_published(void **state)
{
	struct rsa_public k;

	(void)state;
	assert_ok(rsa_public_from_pem(&k, tobs_str(production)));
	assert_memory_equal(k.n, telegram_key_production.n, RSA_BYTES);
	assert_int_equal(k.e, telegram_key_production.e);
	assert_true(k.fingerprint == telegram_key_production.fingerprint);
	/* In the sample of the key exchange as 85FD64DE851D9DD0, little-endian. */
	assert_true(k.fingerprint == 0xd09d1d85de64fd85u);
	assert_ok(rsa_public_from_pem(&k, tobs_str(test)));
	assert_memory_equal(k.n, telegram_key_test.n, RSA_BYTES);
	assert_int_equal(k.e, telegram_key_test.e);
	assert_true(k.fingerprint == telegram_key_test.fingerprint);
	/* In Handshake.cpp of Telegram for Android. */
	assert_true(k.fingerprint == 0xb25898df208d2603u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_what_is_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
