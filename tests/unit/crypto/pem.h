/* SPDX-License-Identifier: MIT */
/* Keys for tests, made with `openssl genrsa` and its relatives. Nothing is protected by them. */
#ifndef CRYPTO_PEM_H
#define CRYPTO_PEM_H

/* One 2048-bit key in every form: its modulus, */
#define PEM_KEY_N                                                          \
	"ce520f062c8e70489d6d895bf5a47ebed0617af76e7f1dc2cfe6c956dd7b7680" \
	"5f4db34c62c454eccb8f772f09c50599faabd6ddbf049209d03140ce20c11dd5" \
	"c4bc3c4327e4f266aded1198c58726fed9966d9ecf16d44dadc34051c06ae33c" \
	"e551a48021acb4d7cf939073f106f7e2eb33c43a6d07eaf21190949f442e7785" \
	"771e1b4ec68874d9cd875ea5fe85dd93a37f987d2b9ed3ab2ed70e1703cd80ae" \
	"aa94ad10d9a9b8bb854560304743a6f8dea2bc701fe30349afd7bc05bc21b9d5" \
	"b2f615996e7320613e0a7cb71ee97ee2bbe6a0a0cef7077fb5a4603d145130f8" \
	"0fc4b57774ff49cbee3a0d6be6b9c307c7964ac5781c35b52f5adaef2623c229"

/* public as PKCS #1 and as SubjectPublicKeyInfo, */
#define PEM_KEY_PUBLIC_PKCS1                                                 \
	"-----BEGIN RSA PUBLIC KEY-----\n"                                   \
	"MIIBCgKCAQEAzlIPBiyOcEidbYlb9aR+vtBhevdufx3Cz+bJVt17doBfTbNMYsRU\n" \
	"7MuPdy8JxQWZ+qvW3b8EkgnQMUDOIMEd1cS8PEMn5PJmre0RmMWHJv7Zlm2ezxbU\n" \
	"Ta3DQFHAauM85VGkgCGstNfPk5Bz8Qb34uszxDptB+ryEZCUn0Qud4V3HhtOxoh0\n" \
	"2c2HXqX+hd2To3+YfSue06su1w4XA82ArqqUrRDZqbi7hUVgMEdDpvjeorxwH+MD\n" \
	"Sa/XvAW8IbnVsvYVmW5zIGE+Cny3Hul+4rvmoKDO9wd/taRgPRRRMPgPxLV3dP9J\n" \
	"y+46DWvmucMHx5ZKxXgcNbUvWtrvJiPCKQIDAQAB\n"                         \
	"-----END RSA PUBLIC KEY-----\n"

#define PEM_KEY_PUBLIC                                                       \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzlIPBiyOcEidbYlb9aR+\n" \
	"vtBhevdufx3Cz+bJVt17doBfTbNMYsRU7MuPdy8JxQWZ+qvW3b8EkgnQMUDOIMEd\n" \
	"1cS8PEMn5PJmre0RmMWHJv7Zlm2ezxbUTa3DQFHAauM85VGkgCGstNfPk5Bz8Qb3\n" \
	"4uszxDptB+ryEZCUn0Qud4V3HhtOxoh02c2HXqX+hd2To3+YfSue06su1w4XA82A\n" \
	"rqqUrRDZqbi7hUVgMEdDpvjeorxwH+MDSa/XvAW8IbnVsvYVmW5zIGE+Cny3Hul+\n" \
	"4rvmoKDO9wd/taRgPRRRMPgPxLV3dP9Jy+46DWvmucMHx5ZKxXgcNbUvWtrvJiPC\n" \
	"KQIDAQAB\n"                                                         \
	"-----END PUBLIC KEY-----\n"

/* private as PKCS #1 and as PKCS #8, */
#define PEM_KEY_PKCS1                                                        \
	"-----BEGIN RSA PRIVATE KEY-----\n"                                  \
	"MIIEowIBAAKCAQEAzlIPBiyOcEidbYlb9aR+vtBhevdufx3Cz+bJVt17doBfTbNM\n" \
	"YsRU7MuPdy8JxQWZ+qvW3b8EkgnQMUDOIMEd1cS8PEMn5PJmre0RmMWHJv7Zlm2e\n" \
	"zxbUTa3DQFHAauM85VGkgCGstNfPk5Bz8Qb34uszxDptB+ryEZCUn0Qud4V3HhtO\n" \
	"xoh02c2HXqX+hd2To3+YfSue06su1w4XA82ArqqUrRDZqbi7hUVgMEdDpvjeorxw\n" \
	"H+MDSa/XvAW8IbnVsvYVmW5zIGE+Cny3Hul+4rvmoKDO9wd/taRgPRRRMPgPxLV3\n" \
	"dP9Jy+46DWvmucMHx5ZKxXgcNbUvWtrvJiPCKQIDAQABAoIBAELI8TAQcDMMblks\n" \
	"o2XKT3S4wzUors3a9lqR3A6QNwzO1QqzxUAbSVo1MkVkJoduHr+zrCOvV21mW8v1\n" \
	"rEOR/3RY8I2ZN2q2xGH8YTvQhMUsrYYyCbwDKcnTO2awj9aJpAae/N61B9CqIvkj\n" \
	"Q0R7+vWrKOCWAQEVHjJtWI6NZXUuW+e8iMFTNxU8exlkDFEp9AeXoLWDkeyY5EL3\n" \
	"dzoicvW+KUYvWDCR/DWsmsJD/lmLvk4XAPDN8qfsrHbEh5Ymj+p3ryzVyHMAV5Il\n" \
	"jwpQzsva7OCqejTq2FkoAUeYPBePgpdmT8uNvCDpa0gUsCBNQF3mpTZOp0BmIwjY\n" \
	"FBnwj9kCgYEA6cBGsSFZY7YIrpfahOw/7ySvuGqbqI840BgZfKO4h8GUZ/QHMLlz\n" \
	"vHO2uy0Wnedld49fG8vaeuQhCxbE5ffrZnJ3RSNBlmtbzW9Fw13TRMaiYfd6CPgP\n" \
	"akTBcgl88UqI6uOaJi5iMfjqKvJHcLMldzVKDMyFl+oxrxz3TRRjyacCgYEA4fVk\n" \
	"n5oVBTYqQg4TZp2FvAhQMo1bnrQcDY62gFamJ8UU1cKcozg2v07ZrNJbF+/Fs6h0\n" \
	"cDTdQ+cx7FduFd8bU/FcjAIrvIaTcX5PuXg/zFX0Y8UJASJQbT59AMpR/YESamCN\n" \
	"gol5KO2eOyiP1c5Ei/jPpMzas2r+O/njL+9G768CgYEA3HRT96CdPrYi0A81r2Fl\n" \
	"FvUBqSsabUnOaiwgdXWvhpGilrwGwARXzCdR8owepYPkJXOZXozPHFHlfCDYSI+e\n" \
	"eruAEzuiEuxj44eLQytNIrM32K9fb/AMEcyQqS2bobILGYTZECN0xu6cYy6nA/ph\n" \
	"XmFq2lFVuaXNf/sQnaiaSEcCgYBK0FgfrAGXtyZotoZf7HnyFwKOqlUSh+nd50mv\n" \
	"1oCvHEbYu9XnCN6/mtjhqsh0dXQNFxJucGJucCcMbKpLXZKLyZdt1+4pPpmk80Bs\n" \
	"VU8yVadUPVHM6VKdyRnUYCijec/iHtPby66tCXfheH2fOetiOOBvXVBwJVXF/+fj\n" \
	"4CKpiwKBgEDQ58q2QM9H37AGlZRKwGH2LMSn3cSXKyUt3nrSKNFGmka5hinSRSPX\n" \
	"+H8UpoFlXj40mVUeJkCX5PdeQzpowxvABLlhC1XiEK/ZCQngopNKrUT+sb8sCE+Z\n" \
	"WZ/WStfW+daJxR+1KM62fHf2G10TRZg7T6NCiFFi43kBblPjfc1N\n"             \
	"-----END RSA PRIVATE KEY-----\n"

#define PEM_KEY                                                              \
	"-----BEGIN PRIVATE KEY-----\n"                                      \
	"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDOUg8GLI5wSJ1t\n" \
	"iVv1pH6+0GF6925/HcLP5slW3Xt2gF9Ns0xixFTsy493LwnFBZn6q9bdvwSSCdAx\n" \
	"QM4gwR3VxLw8Qyfk8mat7RGYxYcm/tmWbZ7PFtRNrcNAUcBq4zzlUaSAIay018+T\n" \
	"kHPxBvfi6zPEOm0H6vIRkJSfRC53hXceG07GiHTZzYdepf6F3ZOjf5h9K57Tqy7X\n" \
	"DhcDzYCuqpStENmpuLuFRWAwR0Om+N6ivHAf4wNJr9e8BbwhudWy9hWZbnMgYT4K\n" \
	"fLce6X7iu+agoM73B3+1pGA9FFEw+A/EtXd0/0nL7joNa+a5wwfHlkrFeBw1tS9a\n" \
	"2u8mI8IpAgMBAAECggEAQsjxMBBwMwxuWSyjZcpPdLjDNSiuzdr2WpHcDpA3DM7V\n" \
	"CrPFQBtJWjUyRWQmh24ev7OsI69XbWZby/WsQ5H/dFjwjZk3arbEYfxhO9CExSyt\n" \
	"hjIJvAMpydM7ZrCP1omkBp783rUH0Koi+SNDRHv69aso4JYBARUeMm1Yjo1ldS5b\n" \
	"57yIwVM3FTx7GWQMUSn0B5egtYOR7JjkQvd3OiJy9b4pRi9YMJH8NayawkP+WYu+\n" \
	"ThcA8M3yp+ysdsSHliaP6nevLNXIcwBXkiWPClDOy9rs4Kp6NOrYWSgBR5g8F4+C\n" \
	"l2ZPy428IOlrSBSwIE1AXealNk6nQGYjCNgUGfCP2QKBgQDpwEaxIVljtgiul9qE\n" \
	"7D/vJK+4apuojzjQGBl8o7iHwZRn9AcwuXO8c7a7LRad52V3j18by9p65CELFsTl\n" \
	"9+tmcndFI0GWa1vNb0XDXdNExqJh93oI+A9qRMFyCXzxSojq45omLmIx+Ooq8kdw\n" \
	"syV3NUoMzIWX6jGvHPdNFGPJpwKBgQDh9WSfmhUFNipCDhNmnYW8CFAyjVuetBwN\n" \
	"jraAVqYnxRTVwpyjODa/Ttms0lsX78WzqHRwNN1D5zHsV24V3xtT8VyMAiu8hpNx\n" \
	"fk+5eD/MVfRjxQkBIlBtPn0AylH9gRJqYI2CiXko7Z47KI/VzkSL+M+kzNqzav47\n" \
	"+eMv70bvrwKBgQDcdFP3oJ0+tiLQDzWvYWUW9QGpKxptSc5qLCB1da+GkaKWvAbA\n" \
	"BFfMJ1HyjB6lg+Qlc5lejM8cUeV8INhIj556u4ATO6IS7GPjh4tDK00iszfYr19v\n" \
	"8AwRzJCpLZuhsgsZhNkQI3TG7pxjLqcD+mFeYWraUVW5pc1/+xCdqJpIRwKBgErQ\n" \
	"WB+sAZe3Jmi2hl/sefIXAo6qVRKH6d3nSa/WgK8cRti71ecI3r+a2OGqyHR1dA0X\n" \
	"Em5wYm5wJwxsqktdkovJl23X7ik+maTzQGxVTzJVp1Q9UczpUp3JGdRgKKN5z+Ie\n" \
	"09vLrq0Jd+F4fZ8562I44G9dUHAlVcX/5+PgIqmLAoGAQNDnyrZAz0ffsAaVlErA\n" \
	"YfYsxKfdxJcrJS3eetIo0UaaRrmGKdJFI9f4fxSmgWVePjSZVR4mQJfk915DOmjD\n" \
	"G8AEuWELVeIQr9kJCeCik0qtRP6xvywIT5lZn9ZK19b51onFH7UozrZ8d/YbXRNF\n" \
	"mDtPo0KIUWLjeQFuU+N9zU0=\n"                                         \
	"-----END PRIVATE KEY-----\n"

/* and both encrypted with the password "x". */
#define PEM_KEY_PKCS1_ENCRYPTED                                              \
	"-----BEGIN RSA PRIVATE KEY-----\n"                                  \
	"Proc-Type: 4,ENCRYPTED\n"                                           \
	"DEK-Info: AES-128-CBC,982BFAC3CB0D2F2F0434B7AE8B6B61E4\n"           \
	"\n"                                                                 \
	"ic5ayWI5wXwDTUV361T6ChzfLlOEBXIOvk7JeLk2jQjo83vyITd2n0lsdrwrOx5H\n" \
	"jy4YHQbmB1fDYTbS3yo4DCjiDR5rfzyV7dq36kcR3AIIzpLduZvqARojf3gqPaUd\n" \
	"btpAQB00rkD59/yZUBKxed1X/6g9srZyJKzC83PZD4N5EsLafjVCp7Qeoc/UWrJR\n" \
	"oVCjVVQbZ+SbmbUSUQ0xGPRh/KhmlQ8MY8IvGB+2hyDut5DzM4aVZGQJIgZ1+9HR\n" \
	"OycXYL05T4EtE7ngco31IJAaVUX09gY/otkSE9C46JpYuZbSxuGNvgDBNkQBNtbr\n" \
	"szJUh+CaRLZvnQ2fmE4XGnv6lj7IcAxWzfKZ6jVwHOdt8hjDk5SLfRSD/vaXKZuK\n" \
	"lleZPkRwzhWDmta6TAur9NVBOOhR6tN6mpYOwnK1zqc3Yq4fbkF1c5BaTlmWLo+S\n" \
	"6NBJUHFCmoQV597cyNlJEdcZRCg7tux+H8kTXwmbkL7I4QTA8v/ovqf31eGrAz4E\n" \
	"PkosS82fQWOm66HcTFghydT596QKvvVc5g7Ge3j1QzveAPaU9HyX2tz8uzZMf53y\n" \
	"vyqsdLX9z6IqX1ZlAfc3kF0i3/7hj3UbxGwaNsUy6RTivZuava+JPihPDxcP0SmC\n" \
	"eiqTxkfea8La0iZehoodXaiQWXgI4CHVCP4F+v675bUrP6Gj0HjfNMKqSgqhatPn\n" \
	"B7cgA1xHWyMXoz9Vf2j/DHBiAUsOYzb5ebMGJ5esmjmdBjfIi2AZuOeo+gDlRYrS\n" \
	"Vhk52Vw1qgdJz8BRkl5scnGERC9bhjNSEO0wPjkrRNnwuuc5mSWPD9AHTd5mqySQ\n" \
	"qKQGIRFX5IHYIXlpKnlzTzS34KhZfZDNeUeAz0aJIguLUNMK7dYMynwM/vLmjc6h\n" \
	"kkSVnu02mZAbX4J2hNZEuEvTafkyiNMv7LStGlAplM672s9X98ZSZM9wSHAjudfx\n" \
	"s8dLRO4pIMWEEdmjL9DXMGuCtxOK8M4yZaWXEJjnTruMi1QEz63ViueaU02G3FlE\n" \
	"g8KXRbt5ixEjyL812LtOZlcXIbJ37276H9Nrl2OwV6b72H+2qABXmCcJ5xFn6Trj\n" \
	"oTbQApzITensHgROGiid9t/lXhpMWj+qJ1pwdpjdovK0nNKJW/2vRARYXBR+z4rG\n" \
	"OuF4wEDtvDl/Nn7YOlJtjfm85r9UG4zlg2UqsMnbHQh6mfDp9d7SQxpk9DH1BpCz\n" \
	"Qh3frGf6WAQggaoembjQ4GWG3PnHNId7VwzT3eh3Udet/LgULL/LZ45QCXX8ePT3\n" \
	"vLdo9JQXHmtAsh8vEcAvwgNt4icQmoYUk6ReTKtGHosUo/XyZZHhVYguawqIcakG\n" \
	"NxdIhv5q8SrzE+5cgFyCUXa2iUboCgBoU1FUL88T61kxcnRf0Wlo+s8Lb8cUryvG\n" \
	"lpZLhMWgDEyGoCkqH/xfXnUJb0WO6t5h/VBewNoZwLEaf35bM6SEJUlBXbweynRQ\n" \
	"CKduWlvb51+iGQXUzQxWC31akeKKybgJw7mhyapgccxRadm+hf3+gjW9T3h2jAhP\n" \
	"37u/DhGADZ/JTfs0O2+VNql6adid1yEDWmmWN2hPGBZ9GDgdZMrdBOP/iccR3WNe\n" \
	"-----END RSA PRIVATE KEY-----\n"

#define PEM_KEY_ENCRYPTED                                                    \
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"                            \
	"MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIPUS1aOCOZewCAggA\n" \
	"MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBDl/dYxY9EF5xmlsejd+aZrBIIE\n" \
	"0BiMF43LILs4+RhxJs07AWaame/NNoWvMrhpq/hYj/mnse8Yl4eouq8dUMCbbUro\n" \
	"qsWzkbWakjAHNRtYqJs/geYq+ivHjBopfKqtPK8zhQoT2QfM58HL8AbneSfhUFta\n" \
	"tB3W8h0O+oIu4QkOnjlXx08Yk/kveMPvuh9TMHLjLNaije8KI/avy6vEFVTddBuG\n" \
	"/XN75vzc+8msZ4FnDNQ2uupihXXsQo4aOV3Ob3gZW/jEUoQrsmovUjSuqwGLL50y\n" \
	"54CGtC9MLkG9fKEqqz1ZnllJSIGQvyacDMV9XUHfxC24nrQSSgzMMEC0von+iBQ7\n" \
	"4TDcIXJQBghdLvs93B7SvZ8yt8TsQuswP/EThfnUlG65ro9IoAKfZo/2Rbqgrok6\n" \
	"8DkWW1RyOM+v4mZdpyy3/cOO40Z83Fx9aViAzGKiox11Ubz+HBewo0bU/UZqAbOh\n" \
	"hKqN46RZCcrlPGul6gTmUqnduWWhReS0mmYZl3HN9X9mmC8o0Umk/1ZurNquiYwR\n" \
	"FvMo+pQegTVSiYXARfKGD0EHMsiYeBAgXZe+gr80fBLTauuus6Sz2G4Gi2FfvddU\n" \
	"u621MNnHsrGej3cRxzy5o2adMmmoazI53dSKbyqy73vrJ68MvVLiEuqzhFUCHUAt\n" \
	"EffkK5z1MljWDvdRIyZIM1mGQBJk0VzS5ToB1YIZZZZWtoLdhXUP3hJIfmKVPVQr\n" \
	"wu932JaZru0vbYYh2Yhv++XVylWW/XtK3QCEDJ3xWqsjNLrpRN8kiIw0aAgABsd1\n" \
	"+w0BiKrD/GvMsqPYQUnvmFJlSBdqtoCZfkNJ2MDjqpaQjmB9J4Ihd4JEQ0R9PcSS\n" \
	"s2z/Ku5FkssR52hKHPgs40RhuqVsa+sf4EbWIXT2N98bl+VhbIcmoUBe4oDa9oJq\n" \
	"DuPBkRCwWY9uKRHgdTPKcxyMD9B607B9E3uJfI9lCVXuRyDPP8xkloYTMPRsoRlV\n" \
	"si7nXQ8YPt9bpTznCVRh7KE5yK6N3uS4wniahtThSHIUhI9YVdIP0O7t/Tnq2qzV\n" \
	"u/aFhLJSYHGIO2pp4+TG2/l0IcjXer6iOj2mQVMwv5UTjnA8m7DwQht3WZrRyYRu\n" \
	"9Jjkm0AigzpH83AErJ/0+sc7U+gQKegy1rV+FJtNYT2aU9cpnZf3oGECiwoqv8Rz\n" \
	"JO80LFjkcaooPoHbDgfnVDiH057j4cYiig6dgmLiWHKBa2s+hmbCyq6r/o+2lUCh\n" \
	"U39oMgoEr70r3Iq57F8Lp4oGXZnMPAlNWDBkiepOdexu0HSClLwZOoPrLsFlvcm4\n" \
	"yyXvTTFJRM3bSTClf1v8Fll1/STIDXuYjU4JV1K2OTkemXQzVMDhqF0vYeGbPoTb\n" \
	"X6S2fk0ixaxnb9nHbZGVOn2TBpxMdJqOaf30wThrPtoENlCfjRP8jUUow/sDQyPI\n" \
	"zR59koLvImx4OMD+3JIDnMCtzmXLmp3iKEkhpaTHVrmiwf8ga3gIOQmKtmlzwiu4\n" \
	"YQ9J95OvMaqHglfCZyOfLFpldDESLyru4mdXLkMd9E6Pay2xNi+0S9NUgGNdyvqi\n" \
	"6J3rbAjLI0sTbeB2USn29WMnMVeN1EbUJzegJZbpg2iTdh2nVX9Xju1WWPELGx1D\n" \
	"Bf/Qd6i19SuUJcDpOfXYXhxKrzkUiG0VwE8Yqa0CC3vH\n"                     \
	"-----END ENCRYPTED PRIVATE KEY-----\n"

/* Keys of 1024 and 3072 bits. */
#define PEM_1024                                                             \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCsAsJ361qeRFAYe3IjdTlYMvFo\n" \
	"RXQ4bncAlCMHLx6ajOYv7qVxpXmC77wDE3t5sTtVFa4CRa9DgYzjV1KyS2KgAbAw\n" \
	"BhWvNfw6OnyAFEaSRI1MSHCw4HyUSpRD5Xhdj/lZpX3+FR3vfFq5y12hMXwQ7SaC\n" \
	"9vaxYdeuhKm0PeQhzwIDAQAB\n"                                         \
	"-----END PUBLIC KEY-----\n"

#define PEM_1024_PRIVATE                                                     \
	"-----BEGIN PRIVATE KEY-----\n"                                      \
	"MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAKbQwB+FOBxBweoV\n" \
	"YAF8pgob+MRPXr/DomWu9srrNXtqA1WUC4d81jAc3RZgm0YZlsw9Kv58CyNX58nt\n" \
	"2fP3TUWOyzto/DD9LULE97myCxjOPsL9fHihDc+Wk2PcsNtio5pWG0MZiXB93x5n\n" \
	"XdFw7/EwkftX3bITefp9GUOkDzXzAgMBAAECgYBC2U7Uktdcg4GJJA24KtKDJJh5\n" \
	"WvE2Wdi/dPETelSRY3d4mP5RylYvK7HxoL84xVJoAG81UlJIVJbflgCMwuLkwioL\n" \
	"YaIiEiyt/PKNP8pp4N752tFgh/DMv6wo2qhtoAObVzA7MyOOGDXRjOc2qfx1palS\n" \
	"BKAnRhkB/cJ+IlTEAQJBANoDjDIMzd0qWEkhnjAgARI9s8AqGMZ8kIU5/8Cf3+ja\n" \
	"UjEF9sjC8zFmoB/6Z2mXV65D82fCBkqzsmkVNLA4+/MCQQDD4YKX6xJpjKM2mB7v\n" \
	"b3U9agEeCiRDjhdXhdC1evb30eKswPpdPq8rY2liAF+dyeOoT5MBvV/KNuToqex/\n" \
	"IV4BAkEAu48dx9lYKpPJjHENpJ2EDmti/0m4MtrrgpKZQuDIQ42/9EkLPUDq9G80\n" \
	"Bw7odOEtH9F50KQNwarDLMB/qbP8nQJAHw3jfF5CPwWS4pbfYKpU9fWWU8Lb2PHv\n" \
	"9Wo7mmnyOXvG6gh2KM5FSyWpkWXpwsQ9GXP0JHR3eUGWrOQzoDwUAQJACeuL3Xbn\n" \
	"+ZwD+W+lh6NUGYM4SDFzBUz9J7l58B8KHfPVjzxX8Zy49bUZtE1aEJ5IibVZTe7A\n" \
	"DXj7VfuH8DLZOA==\n"                                                 \
	"-----END PRIVATE KEY-----\n"

#define PEM_3072                                                             \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEA1fxRyYCYN9Uh7dWdTCd6\n" \
	"9Se7pCD9Tyxs7vqW6UahiU6uCLeQBMPR1nDUd5F2nqUJtZ9aRgIjPe270UhHq487\n" \
	"b5JmLq7vnTkpJLOC6vjTqq/cBurxPioj0ZDZ3ra2rvvIjK+y0jYI62Xh6DlAIFln\n" \
	"g8ylalRfavc0CGfaiewENSWEy1Zd3AAg+eCY8u9LfmMpBndscUR2cbf3MhnWi9yI\n" \
	"dFqiOu2Jg0fVet/vENRg7NJgLq+7+GnoKCJjQIurdqk/xE3/PWLkLfqxEgLycRWH\n" \
	"RG6o0LLK+45ri8xHzZ9Qk7xk7rCMi2vdt4vMRv7l57e4WzvsSz7PZ4NPpfcLNDZL\n" \
	"zoxRXEXUVUenLH4qVRJ+gr3OM/hKhavXdaC1kX6/aQM7WuaITgl7wmVP336tPgN6\n" \
	"Euicd55/V4YiuOcRb2Er5zrKgKKCdfC82wsTHFuXVQZhqMFdaxE2WO0bHen+3EUo\n" \
	"qWwQT9jaQaY2gfIUC0DWeQUbH0jeeFFVR9ldMfG1v17DAgMBAAE=\n"             \
	"-----END PUBLIC KEY-----\n"

/* A key that isn't RSA. */
#define PEM_EC_PUBLIC                                                        \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgUYwVoN+/cdoFoNKBRMywhIjn9X+\n" \
	"0uWypx7Is9iK/a7k0QBxYdVwzJZS0mKLS2Ko3fJOf+bLO83XCc672Cg1IA==\n"     \
	"-----END PUBLIC KEY-----\n"

#define PEM_EC                                                               \
	"-----BEGIN EC PRIVATE KEY-----\n"                                   \
	"MHcCAQEEIMJVHYTwCCLSurRFP7I6Iyi2Qgc+rEltLsNDsvwdsfJwoAoGCCqGSM49\n" \
	"AwEHoUQDQgAEdJa0Vrjx97CICUPDPXNTOLZbe/bhp1qYQADU8t0tKjtXRzPco/W/\n" \
	"A0Zlx6o7yLEgiZzcZgU6huFyN5QY5G7Axg==\n"                             \
	"-----END EC PRIVATE KEY-----\n"

#endif
