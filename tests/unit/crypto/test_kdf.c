/* SPDX-License-Identifier: MIT */
#include "crypto/kdf.h"

#include "base/endian.h"
#include "base/wipe.h"
#include "crypto/aes_ige.h"
#include "crypto/sha.h"
#include "support/bytes.h"
#include "unit/crypto/sample.h"

/* 00 01 02 …: what the vectors of grammers-crypto and gotd use for every input. */
static void count_up(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)i;
}

static void counting_key(struct auth_key *k)
{
	uint8_t bytes[AUTH_KEY_BYTES];

	count_up(bytes, sizeof bytes);
	auth_key_set(k, bytes);
}

/* From the tests of grammers-crypto (auth_key.rs). */
static void names_of_a_key(void **state)
{
	static const char *const hashes[] = { NULL, "c2ced2b33e593a55d27f4a5dabee7c67",
		"f4318e85bd2ff3be84d9fefce3dce39f", "4bf9d7b37db413ee431d28517631cb3d" };
	uint8_t new_nonce[32], hash[16], bytes[8];
	struct auth_key k;

	(void)state;
	counting_key(&k);
	put_le64(bytes, k.aux_hash);
	assert_hex(bytes, 8, "4916d6bdb7f78e68");
	put_le64(bytes, k.id);
	assert_hex(bytes, 8, "32d1586ea457dfc8");
	count_up(new_nonce, sizeof new_nonce);
	for (uint8_t n = 1; n <= 3; n++) {
		auth_key_nonce_hash(&k, new_nonce, n, hash);
		assert_hex(hash, 16, hashes[n]);
	}
}

static void sample_exchange(void **state)
{
	uint8_t key[256], new_nonce[32], server_nonce[16], hash[16];
	struct kdf_aes aes;
	struct auth_key k;

	(void)state;
	UNHEX(new_nonce, SAMPLE_NEW_NONCE);
	UNHEX(server_nonce, SAMPLE_SERVER_NONCE);
	kdf_exchange_aes(new_nonce, server_nonce, &aes);
	assert_hex(aes.key, 32, SAMPLE_TMP_AES_KEY);
	assert_hex(aes.iv, 32, SAMPLE_TMP_AES_IV);
	UNHEX(key, SAMPLE_AUTH_KEY);
	auth_key_set(&k, key);
	auth_key_nonce_hash(&k, new_nonce, 1, hash);
	assert_hex(hash, 16, SAMPLE_NEW_NONCE_HASH1);
	/* substr(new_nonce, 0, 8) XOR substr(server_nonce, 0, 8) */
	put_le64(hash, kdf_first_salt(new_nonce, server_nonce));
	assert_hex(hash, 8, "522fb2fff026a7fe");
}

/* From the tests of grammers-crypto (key_from_nonce). */
static void exchange_aes(void **state)
{
	uint8_t new_nonce[32], server_nonce[16];
	struct kdf_aes aes;

	(void)state;
	count_up(new_nonce, sizeof new_nonce);
	count_up(server_nonce, sizeof server_nonce);
	kdf_exchange_aes(new_nonce, server_nonce, &aes);
	assert_hex(aes.key, 32, "0758f1533b615d24f6e8a94a6fcbee0a55eaab2217d7295ca9213d1a2d7d16a6");
	assert_hex(aes.iv, 32, "5a84108e9805656ce864070e166e6218f6783e8511471a5ab7802cf200010203");
}

/* From the tests of mtcute (mtproto.test.ts) and grammers-crypto (lib.rs). */
static void msg_aes(void **state)
{
	static const char chunk[] =
		"98cb29c6ffa89e79da695a54f572e6cb101e81c688b63a4bf73c3622dec230e0";
	uint8_t bytes[256], msg_key[16];
	struct kdf_aes aes;
	struct auth_key k;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i += 32)
		unhex(bytes + i, 32, chunk);
	auth_key_set(&k, bytes);
	UNHEX(msg_key, "25d701f2a29205526757825a99eb2d32");
	kdf_msg_aes(&k, MSG_BY_CLIENT, msg_key, &aes);
	assert_hex(aes.key, 32, "af3f8e1ffa75f4c981eec33a3e5bbaa2ea48f9bb93e91597627eb1f67960a0c9");
	assert_hex(aes.iv, 32, "9874d77f95155b35221bff94b7df4594c6996e2a62e44fcb7d93c8c4e41b79ee");
	kdf_msg_aes(&k, MSG_BY_SERVER, msg_key, &aes);
	assert_hex(aes.key, 32, "d4b378e1e0525f10ff9d4c42807ccce5b30a033a8088c0b922b5259421751648");
	assert_hex(aes.iv, 32, "4d7194f42f0135d2fd83050b403265b4c40ee3e9e9fba56f0f4d8ea6bcb121f5");
	kdf_msg_aes_v1(&k, MSG_BY_CLIENT, msg_key, &aes);
	assert_hex(aes.key, 32, "1fc7b40b1d9ffbdaf4d652525a748864259698f89214abf27c0d36cb9d4cd5db");
	assert_hex(aes.iv, 32, "7251fbda39ec5e6e089f15ded5963b03d6d8d0f7078898431fc7b40b1d9ffbda");
	kdf_msg_aes_v1(&k, MSG_BY_SERVER, msg_key, &aes);
	assert_hex(aes.key, 32, "af0e4e01318654be40ab42b125909d43b44bdeef571ff1a5dfb81474ae26d467");
	assert_hex(aes.iv, 32, "15c9ba6021d2c5cf04f0842540ae216a970b4eac8f46ef01af0e4e01318654be");

	counting_key(&k);
	count_up(msg_key, sizeof msg_key);
	kdf_msg_aes(&k, MSG_BY_CLIENT, msg_key, &aes);
	assert_hex(aes.key, 32, "704ed09c8b41668ae8f99d244738f71dbddc44469b6bbd4aa8573dd042bd059e");
	assert_hex(aes.iv, 32, "4d266000a550edabbf4c7ce40fd0043cc92230184cd317a5cc9c2482fd3b9318");
	kdf_msg_aes(&k, MSG_BY_SERVER, msg_key, &aes);
	assert_hex(aes.key, 32, "217725799b245806458174a1fcfbc883906807b15033fdd0ea2b4d69cf9c364e");
	assert_hex(aes.iv, 32, "669a6538917a4fa56ca32360a431c9160be4ad887140980dab91ce7bdc47ffbc");
	/* From the tests of gotd (kdf_v1_test.go). */
	kdf_msg_aes_v1(&k, MSG_BY_CLIENT, msg_key, &aes);
	assert_hex(aes.key, 32, "17d7295ca9213d1ab656acdb1ad48b2ea7f3a8f7095098d5508b900bbd5fccfc");
	assert_hex(aes.iv, 32, "2d7d16a65a84108e9805656caa474501cc580aa2edc33abfd0bfad785464d1c6");
	kdf_msg_key_v1(tobs_str("bind-message-test-payload"), msg_key);
	assert_hex(msg_key, 16, "fc11a3669566de22b87f66550dc3de6d");
}

/* A whole message of a client, from the tests of grammers-crypto (encrypt_client_data_v2). */
static void client_message(void **state)
{
	static const char want[] =
		"32d1586ea457dfc8a81729d46db54019a2bfd7f744f9b96c4f716cfdc4477db2"
		"a2c15f6ddb85235fb9552f1d8407c6aaea00cc844c5a1bf6ac44b79b5edc2a23"
		"868b3d6073a590992c0f2975243d563ea180d218ee757c9a";
	uint8_t message[88] = { 0 }, *plain = message + 24;
	size_t len = sizeof message - 24;
	struct kdf_aes aes;
	struct auth_key k;

	(void)state;
	counting_key(&k);
	memcpy(plain, "Hello, world! This data should remain secure!", 45);
	put_le64(message, k.id);
	kdf_msg_key(&k, MSG_BY_CLIENT, tobs_view(plain, len), message + 8, NULL);
	kdf_msg_aes(&k, MSG_BY_CLIENT, message + 8, &aes);
	assert_ok(aes_ige_encrypt(aes.key, aes.iv, plain, plain, len));
	assert_hex(message, sizeof message, want);
}

/* One of the server, from the same place (decrypt_server_data_v2). */
static void server_message(void **state)
{
	static const char key_hex[] =
		"5d2e7d65f49ec28bd029a88761ea27b8a4c79f12226525443e7d7c596ef33035"
		"30db2107e89aa997c7a0164ab694187adeff156bd6ef7118a1962347753c0e7e"
		"89a0354b8ec364f9997e71bc6923fb86e8e43491e010606a6ce845e2fa019409"
		"77ef0aa32adf5a97dbf6d428ec0434d717a2d3ad19622cc05887642113c7965f"
		"fb862a3e3ccb0ab95addda57f89245dbd76b492348f8e94bd5a7c0e0b8480852"
		"3cfd1ea80b32fe9ad198bc2e103fceb7d52492ecc0273a28674bc923eee59265"
		"ab17a002df1f4aa2c59b819a5e5e1d105ec117336f5c76c6b187037d4b4270ce"
		"e9cc21071d97e9bca220c6d7b01b998cf2e5cdb9a50ecda1852a36e635690c8e";
	static const char message_hex[] =
		"7a7183c2c10e4f4df945fa9a9abd35e7c3840b61f045304f39674c19c0e20978"
		"4f50f6226a073529d675c92cbf0bfa8c99a79b3f39c72a5d9a026d431ab7407c"
		"a04ecc55187d6c45f17871524edd90cea02ed728e14d7cb18aea2a636158f094"
		"59a9437710d894c79f368c4e8164b7647ea98612aefe942c5d92121acb8db02d"
		"ccceb66d0f8720ac12a06db0582bfd955be34f365118e3bab8cd080ce6b45b28"
		"eac56dcd2a29374e";
	static const char plain_hex[] =
		"fc826a02248b28fd60f2c4822443ad6801f0c1c2918b305e0200000058000000"
		"dcf8f1730200000001a8c1c2918b305e010000001c0000000809c29ec4fd33ad"
		"918b305e18a88ea607ee5816fc826a02248b28fd01ccc1c2918b305e02000000"
		"14000000c5737734c4fd33ad918b305e6408300000000000fce66704a3cd8ee9"
		"d0ae6fab672c60c04a3f1fd4490e51f6";
	uint8_t key[256], message[168], *plain = message + 24, msg_key[16];
	size_t len = sizeof message - 24;
	struct kdf_aes aes;
	struct auth_key k;

	(void)state;
	UNHEX(key, key_hex);
	UNHEX(message, message_hex);
	auth_key_set(&k, key);
	assert_true(get_le64(message) == k.id);
	kdf_msg_aes(&k, MSG_BY_SERVER, message + 8, &aes);
	assert_ok(aes_ige_decrypt(aes.key, aes.iv, plain, plain, len));
	assert_hex(plain, len, plain_hex);
	kdf_msg_key(&k, MSG_BY_SERVER, tobs_view(plain, len), msg_key, NULL);
	assert_memory_equal(msg_key, message + 8, 16);
	/* The other side's key is another one. */
	kdf_msg_key(&k, MSG_BY_CLIENT, tobs_view(plain, len), msg_key, NULL);
	assert_memory_not_equal(msg_key, message + 8, 16);
}

/* The token comes from the same hash as msg_key: its first 32 bits, the highest one set. */
static void quick_acks(void **state)
{
	uint8_t msg_key[16], large[32];
	bool was_clear = false;
	struct auth_key k;

	(void)state;
	counting_key(&k);
	for (uint8_t i = 0; i < 16; i++) {
		uint32_t token;

		kdf_msg_key(&k, MSG_BY_CLIENT, tobs_view(&i, 1), msg_key, &token);
		SHA256_OF(large, tobs_view(k.bytes + 88, 32), tobs_view(&i, 1));
		assert_memory_equal(large + 8, msg_key, 16);
		assert_true(token == (get_le32(large) | 0x80000000u));
		was_clear |= !(large[3] & 0x80);
	}
	assert_true(was_clear);
}

static void wipes(void **state)
{
	static const struct auth_key zero_key;
	static const struct kdf_aes zero_aes;
	uint8_t msg_key[16] = { 0 };
	struct kdf_aes aes;
	struct auth_key k;

	(void)state;
	memset(&k, 0, sizeof k);
	counting_key(&k);
	kdf_msg_aes(&k, MSG_BY_CLIENT, msg_key, &aes);
	kdf_aes_wipe(&aes);
	assert_memory_equal(&aes, &zero_aes, sizeof aes);
	auth_key_wipe(&k);
	assert_memory_equal(&k, &zero_key, sizeof k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_key),
		cmocka_unit_test(sample_exchange),
		cmocka_unit_test(exchange_aes),
		cmocka_unit_test(msg_aes),
		cmocka_unit_test(client_message),
		cmocka_unit_test(server_message),
		cmocka_unit_test(quick_acks),
		cmocka_unit_test(wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
