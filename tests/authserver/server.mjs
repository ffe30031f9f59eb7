// An OpenID Connect provider on loopback whose user consents to everything, unless the login hint is "nobody".
import { Provider } from 'oidc-provider';

const confidential = (id, method, grants, extra = {}) => ({
  client_id: id,
  client_secret: 's3cr3t &+% of the client',
  token_endpoint_auth_method: method,
  grant_types: grants,
  response_types: grants.includes('authorization_code') ? ['code'] : [],
  redirect_uris: grants.includes('authorization_code') ? ['https://app.example.com/back'] : [],
  ...extra,
});

const provider = new Provider('http://127.0.0.1', {
  clients: [
    confidential('machine-basic', 'client_secret_basic', ['client_credentials']),
    confidential('machine-post', 'client_secret_post', ['client_credentials']),
    confidential('web', 'client_secret_basic', ['authorization_code', 'refresh_token']),
    confidential('legacy', 'client_secret_post', ['password', 'refresh_token']),
    {
      client_id: 'native',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
  },
  clientBasedCORS: () => false,
  cookies: { keys: ['only for tests'] },
  pkce: { required: () => true },
  scopes: ['openid', 'offline_access', 'api'],
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, ClientCredentials: 600, RefreshToken: 86400, AuthorizationCode: 60, Grant: 86400, Interaction: 600, Session: 600 },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

async function grantTo(accountId, clientId, scope) {
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  return grant.save();
}

async function answer({ prompt, params, session }) {
  if (params.login_hint === 'nobody') return { error: 'access_denied', error_description: 'no, thanks' };
  if (prompt.name === 'login') return { login: { accountId: 'ada' } };
  return { consent: { grantId: await grantTo(session.accountId, params.client_id, params.scope) } };
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const result = await answer(details);
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
});

provider.registerGrantType('password', async (ctx) => {
  const { params, client } = ctx.oidc;
  if (params.username !== 'ada' || params.password !== 'p4ss & word') {
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
    return;
  }
  const grantId = await grantTo('ada', client.clientId, 'openid');
  const of = { accountId: 'ada', client, grantId, gty: 'password', scope: 'openid' };
  const access = await new provider.AccessToken(of).save();
  const refresh = await new provider.RefreshToken({ ...of, rotations: 0 }).save();
  ctx.body = { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 3600, scope: 'openid' };
}, ['username', 'password', 'scope']);

const server = provider.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
// The test holds the other end of this pipe: whatever ends the test ends the server.
process.stdin.resume().on('end', () => process.exit(0));
