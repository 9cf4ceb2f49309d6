/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: node verify-bundle.js KEY.pem BUNDLE [FILE]
 *
 * Sigstore's own verifier, told to want a key and nothing else; prints a
 * bundle's statement, when it has one.
 */
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { toSignedEntity, toTrustMaterial, Verifier } = require('@sigstore/verify');

const [pem, path, file] = process.argv.slice(2);
const rawBytes = crypto
	.createPublicKey(fs.readFileSync(pem))
	.export({ format: 'der', type: 'spki' });
const hint = crypto.createHash('sha256').update(rawBytes).digest('base64');
const nothing = {
	certificateAuthorities: [],
	timestampAuthorities: [],
	tlogs: [],
	ctlogs: [],
};

const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(path)));
const artifact = file !== undefined ? fs.readFileSync(file) : undefined;
const verifier = new Verifier(
	toTrustMaterial(nothing, { [hint]: { rawBytes } }),
	{ tlogThreshold: 0, ctlogThreshold: 0 });

verifier.verify(toSignedEntity(bundle, artifact));
if (bundle.content.$case === 'dsseEnvelope')
	process.stdout.write(bundle.content.dsseEnvelope.payload);
